{{/* Whether many replicas may share what is stored; empty: no. */}}
{{- define "ant-watcher.isShared" -}}
{{- if regexMatch "^postgres(ql)?://" .Values.config.storage.url }}true{{ end -}}
{{- end -}}

{{/* Whether the database is a file in the volume; empty: no. */}}
{{- define "ant-watcher.isFile" -}}
{{- if hasPrefix "sqlite:" .Values.config.storage.url }}true{{ end -}}
{{- end -}}

{{/* Without the secret that GitHub signs with, the service polls, and its port for webhooks is closed. */}}
{{- define "ant-watcher.takesWebhooks" -}}
{{- if or (dig "webhook" "secret" "" .Values.secrets) (dig "webhook" "secret_file" "" .Values.config) }}true{{ end -}}
{{- end -}}

{{/* The paths of the webhook as JSON: `config.webhook.path` is one text or several, and a text has commas between them. */}}
{{- define "ant-watcher.webhookPaths" -}}
{{- $paths := list -}}
{{- range dig "webhook" "path" "/webhook" .Values.config | join "," | splitList "," -}}
{{- with trim . }}{{ $paths = append $paths . }}{{ end -}}
{{- end -}}
{{- $paths | uniq | toJson -}}
{{- end -}}

{{- define "ant-watcher.webhookPort" -}}{{ dig "webhook" "port" 8080 .Values.config }}{{- end -}}
{{- define "ant-watcher.apiPort" -}}{{ dig "api" "port" 9876 .Values.config }}{{- end -}}

{{/* The scheme of a listener: of `webhook` or `api`. */}}
{{- define "ant-watcher.scheme" -}}
{{- ternary "http" "https" (empty (dig .listener "tls_cert_file" "" .root.Values.config)) -}}
{{- end -}}

{{/* The path of a secret below the folder of all: SECRET/KEY. Empty: there is none. */}}
{{- define "ant-watcher.secretPath" -}}
{{- if .secret }}{{ ternary .secret (printf "%s/%s" .root.Values.existingSecret .secret) (contains "/" .secret) }}{{ end -}}
{{- end -}}

{{/* The names of all Secrets that are mounted, as JSON. */}}
{{- define "ant-watcher.secretNames" -}}
{{- $names := .Values.extraSecrets -}}
{{- range $group, $secrets := .Values.secrets }}{{ range $key, $secret := $secrets -}}
{{- with include "ant-watcher.secretPath" (dict "root" $ "secret" $secret) }}{{ $names = append $names (dir .) }}{{ end -}}
{{- end }}{{ end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* The configuration file. What `config` says comes first. */}}
{{- define "ant-watcher.config" -}}
{{- $host := ternary "::" "0.0.0.0" (has "IPv6" .Values.service.ipFamilies) -}}
{{- $added := dict "webhook" (dict "host" $host) "api" (dict "host" $host) -}}
{{- range $group, $secrets := .Values.secrets }}{{ range $key, $secret := $secrets -}}
{{- with include "ant-watcher.secretPath" (dict "root" $ "secret" $secret) -}}
{{- $file := printf "/etc/ant-watcher/secrets/%s" . -}}
{{- $_ := set $added $group (merge (dict (printf "%s_file" $key) $file) (default dict (get $added $group))) -}}
{{- end -}}
{{- end }}{{ end -}}
{{- mergeOverwrite $added (deepCopy .Values.config) | toYaml -}}
{{- end -}}

{{/* Of a duration such as 1m30s, in seconds. */}}
{{- define "ant-watcher.seconds" -}}
{{- $start := toDate "2006-01-02" "2000-01-01" -}}
{{- sub (unixEpoch (dateModify . $start)) (unixEpoch $start) -}}
{{- end -}}

{{/* Later than the service would end itself. */}}
{{- define "ant-watcher.gracePeriod" -}}
{{- $delay := include "ant-watcher.seconds" (dig "shutdown" "delay" "0s" .Values.config) -}}
{{- $grace := include "ant-watcher.seconds" (dig "shutdown" "grace" "20s" .Values.config) -}}
{{- default (add $delay $grace 10) .Values.terminationGracePeriodSeconds -}}
{{- end -}}
