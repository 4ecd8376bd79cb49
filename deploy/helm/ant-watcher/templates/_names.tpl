{{- define "ant-watcher.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is appended to it. */}}
{{- define "ant-watcher.fullname" -}}
{{- $name := include "ant-watcher.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $both .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "ant-watcher.serviceAccountName" -}}
{{- default (ternary (include "ant-watcher.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{/* These may never change: selectors and claims of a StatefulSet are immutable. */}}
{{- define "ant-watcher.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ant-watcher.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: service
{{- end -}}

{{/* Of every object but pods and claims. The labels that others select by can't be replaced by `commonLabels`. */}}
{{- define "ant-watcher.metadata" -}}
{{- $root := .root -}}
{{- $labels := dict "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_")
  "app.kubernetes.io/name" (include "ant-watcher.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service -}}
name: {{ with .name }}{{ . }}{{ else }}{{ include "ant-watcher.fullname" $root }}{{ with .suffix }}-{{ . }}{{ end }}{{ end }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- merge dict (default dict .labels) $labels $root.Values.commonLabels | toYaml | nindent 2 }}
{{- with merge dict (default dict .annotations) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "ant-watcher.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .Values.image.repository -}}
{{- with .Values.image.digest }}@{{ . }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end -}}
{{- end -}}
