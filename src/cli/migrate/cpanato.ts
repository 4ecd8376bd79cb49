import { DIFFERENCES } from './differences.ts';
import { LOG_LEVELS, type OldExporter } from './old-exporter.ts';

const OF_SECRET = {
  secretAt: 'secret.existingSecretName',
  secret: null,
  when: { path: 'secret.existingSecretName', is: null },
};

/**
 * cpanato/github_actions_exporter at a5e87c4843d5a281ab6c53a7f02936a5bb990dc6: main.go, charts/github-exporter.
 */
export const CPANATO: OldExporter = {
  title: 'cpanato/github_actions_exporter',
  hookPath: '/gh_event',
  ports: { 'webhook.port': '8065', 'api.port': '9101' },
  settings: [
    {
      names: ['GITHUB_WEBHOOK_TOKEN', '--gh.github-webhook-token', 'secret.githubWebhookToken'],
      becomes: { secret: 'webhook.secret' },
    },
    // GITHUB_TOKEN is what its chart calls the key, which it hands over as a flag.
    {
      names: ['GITHUB_API_TOKEN', '--gh.github-api-token', 'secret.githubToken', 'GITHUB_TOKEN'],
      becomes: { secret: 'github.token' },
    },
    // There, too, the organization is only that of the bill.
    { names: ['GITHUB_ORG', '--gh.github-org', 'config.org'], becomes: { setting: 'github.billing' } },
    { names: ['--gh.github-user'], becomes: { setting: 'github.billing' } },
    {
      names: ['BILLING_POLL_SECONDS', '--gh.billing-poll-seconds', 'config.pollSeconds'],
      becomes: { nothing: 'bills are read every six hours' },
    },
    { names: ['--web.gh-webhook-path'], becomes: { setting: 'webhook.path' } },
    { names: ['--web.listen-address-ingress'], becomes: { listener: 'webhook' } },
    { names: ['--web.listen-address'], becomes: { listener: 'api' } },
    { names: ['service.portHttp'], becomes: { nothing: 'set webhook.port if the program listens there' } },
    { names: ['service.portMetrics'], becomes: { nothing: 'set api.port if the program listens there' } },
    { names: ['--web.telemetry-path'], becomes: { nothing: 'the path is always /metrics' } },
    { names: ['--log.level'], becomes: { setting: 'log.level', convert: LOG_LEVELS } },
    {
      names: ['--log.format'],
      becomes: { setting: 'log.format', convert: (text) => (text === 'logfmt' ? 'text' : text) },
    },
  ],
  chartSecrets: [
    { variable: 'GITHUB_WEBHOOK_TOKEN', key: 'GITHUB_WEBHOOK_TOKEN', ...OF_SECRET },
    { variable: 'GITHUB_API_TOKEN', key: 'GITHUB_TOKEN', ...OF_SECRET, isOptional: true },
  ],
  differences: DIFFERENCES.cpanato,
};
