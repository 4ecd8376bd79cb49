{{/* What all containers have. */}}
{{- define "ant-watcher.container" -}}
image: {{ include "ant-watcher.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: /etc/ant-watcher/config
    readOnly: true
  {{- range $at, $name := include "ant-watcher.secretNames" . | fromJsonArray }}
  - name: secret-{{ $at }}
    mountPath: /etc/ant-watcher/secrets/{{ $name }}
    readOnly: true
  {{- end }}
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* All volumes but that of /data. */}}
{{- define "ant-watcher.volumes" -}}
- name: config
  configMap:
    name: {{ include "ant-watcher.fullname" . }}
{{- range $at, $name := include "ant-watcher.secretNames" . | fromJsonArray }}
- name: secret-{{ $at }}
  secret:
    secretName: {{ $name }}
    defaultMode: 0440
{{- end }}
- name: tmp
  emptyDir: {}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What all pods have. */}}
{{- define "ant-watcher.podSpec" -}}
serviceAccountName: {{ include "ant-watcher.serviceAccountName" . }}
automountServiceAccountToken: false
# A Service of this name would become variables that begin with ANT_WATCHER_, as settings do.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- range $field := list "priorityClassName" "nodeSelector" "tolerations" "affinity" }}
{{- with get $.Values $field }}
{{ dict $field . | toYaml }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The pod of the service, beside metadata of its own. */}}
{{- define "ant-watcher.pod" -}}
metadata:
  labels:
    {{- merge (include "ant-watcher.selectorLabels" . | fromYaml) .Values.podLabels .Values.commonLabels | toYaml | nindent 4 }}
  annotations:
    kubectl.kubernetes.io/default-container: ant-watcher
    checksum/config: {{ include "ant-watcher.config" . | sha256sum }}
    {{- with merge dict .Values.podAnnotations .Values.commonAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "ant-watcher.podSpec" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ include "ant-watcher.gracePeriod" . }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    - {{ merge dict . (dict "labelSelector" (dict "matchLabels" (include "ant-watcher.selectorLabels" $ | fromYaml))) | toYaml | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  containers:
    - name: ant-watcher
      args: [serve, --config, /etc/ant-watcher/config/config.yaml{{ range .Values.extraArgs }}, {{ quote . }}{{ end }}]
      ports:
        {{- if include "ant-watcher.takesWebhooks" . }}
        - name: webhook
          containerPort: {{ include "ant-watcher.webhookPort" . }}
        {{- end }}
        - name: api
          containerPort: {{ include "ant-watcher.apiPort" . }}
      {{- include "ant-watcher.probes" . | nindent 6 }}
      {{- include "ant-watcher.container" . | nindent 6 }}
  volumes:
    {{- include "ant-watcher.volumes" . | nindent 4 }}
    {{- if or (not (include "ant-watcher.isFile" .)) (not .Values.persistence.enabled) }}
    - name: data
      emptyDir: {}
    {{- else if .Values.persistence.existingClaim }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ .Values.persistence.existingClaim }}
    {{- end }}
{{- end -}}

{{/* Whether the process lives depends on nothing else. Whether it is ready does: it tries what a delivery needs. */}}
{{- define "ant-watcher.probes" -}}
{{- $port := ternary "webhook" "api" (eq (include "ant-watcher.takesWebhooks" .) "true") -}}
{{- $livez := dict "path" "/livez" "port" $port "scheme" (include "ant-watcher.scheme" (dict "root" . "listener" $port) | upper) -}}
{{- $readyz := dict "path" "/readyz" "port" "api" "scheme" (include "ant-watcher.scheme" (dict "root" . "listener" "api") | upper) -}}
startupProbe:
  {{- merge (dict "httpGet" $livez) .Values.probes.startup | toYaml | nindent 2 }}
livenessProbe:
  {{- merge (dict "httpGet" $livez) .Values.probes.liveness | toYaml | nindent 2 }}
readinessProbe:
  {{- merge (dict "httpGet" $readyz) .Values.probes.readiness | toYaml | nindent 2 }}
{{- end -}}
