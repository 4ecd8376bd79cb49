import { DIFFERENCES } from './differences.ts';
import { LOG_LEVELS, type OldExporter, type OldSetting } from './old-exporter.ts';

const WINDOW = 'ant-watcher keeps runs and jobs for storage.retention, at least 35 days';
const LABELS = 'the labels are fixed, see docs/metrics.md';
const OTHER_COLLECTOR = 'ant-watcher reads Actions only; keep the exporter for it';
const ENABLED = 'ant-watcher always counts them';

/** A variable and its flag that need nothing here. */
function without(variable: string, flag: string, nothing: string, ...chart: string[]): OldSetting {
  return { names: [`GITHUB_EXPORTER_${variable}`, flag, ...chart], becomes: { nothing } };
}

/** Its values may name a file or be encoded; the latter are the secret. */
function fileIn(text: string): string | null {
  return text.startsWith('file://') ? text.slice('file://'.length) : null;
}

function secret(variable: string, flag: string, chart: string, becomes: string): OldSetting {
  return { names: [`GITHUB_EXPORTER_${variable}`, flag, chart], becomes: { secret: becomes, fileIn } };
}

/** Ours is `true` or `false`, theirs more. */
const COLLECTORS: readonly OldSetting[] = [
  without('COLLECTOR_ADMIN', '--collector.admin', OTHER_COLLECTOR, 'collector.admin'),
  without('COLLECTOR_ORGS', '--collector.orgs', OTHER_COLLECTOR, 'collector.orgs'),
  without('COLLECTOR_REPOS', '--collector.repos', OTHER_COLLECTOR, 'collector.repos'),
  without(
    'COLLECTOR_BILLING',
    '--collector.billing',
    'name whose bills to read in github.billing',
    'collector.billing',
  ),
  without('COLLECTOR_WORKFLOW_RUNS', '--collector.workflow_runs', ENABLED, 'collector.workflow_runs'),
  without('COLLECTOR_WORKFLOW_JOBS', '--collector.workflow_jobs', ENABLED, 'collector.workflow_jobs'),
  without(
    'COLLECTOR_RUNNERS',
    '--collector.runners',
    'a login with access to runners is enough, see docs/runners.md',
    'collector.runners',
  ),
  without('WORKFLOW_RUNS_WINDOW', '--collector.workflow_runs.window', WINDOW, 'workflow_run.window'),
  without('WORKFLOW_RUNS_PURGE_WINDOW', '--collector.workflow_runs.purge_window', WINDOW),
  without('WORKFLOW_RUNS_LABELS', '--collector.workflow_runs.labels', LABELS, 'workflow_run.labels'),
  without('WORKFLOW_JOBS_WINDOW', '--collector.workflow_jobs.window', WINDOW, 'workflow_job.window'),
  without('WORKFLOW_JOBS_PURGE_WINDOW', '--collector.workflow_jobs.purge_window', WINDOW),
  without('WORKFLOW_JOBS_LABELS', '--collector.workflow_jobs.labels', LABELS, 'workflow_job.labels'),
  without('RUNNERS_LABELS', '--collector.runners.labels', LABELS),
];

/**
 * promhippie/github_exporter at 2afaf1f1f95affb33d3c4535fc55a2f290c108c6, pkg/command/command.go; its chart at
 * promhippie/charts 5ccad9924d77ed48d8df53ff69534362248de553.
 */
export const PROMHIPPIE: OldExporter = {
  title: 'promhippie/github_exporter',
  hookPath: '/github',
  // Both at one port there. The payload URL keeps it.
  ports: { 'webhook.port': '9504' },
  prefix: 'GITHUB_EXPORTER_',
  settings: [
    secret('WEBHOOK_SECRET', '--webhook.secret', 'webhook.secret', 'webhook.secret'),
    secret('TOKEN', '--github.token', 'config.token', 'github.token'),
    {
      names: ['GITHUB_EXPORTER_APP_ID', '--github.app_id', 'config.appId'],
      becomes: { setting: 'github.app_id' },
    },
    secret('PRIVATE_KEY', '--github.private_key', 'config.privateKey', 'github.app_private_key'),
    without(
      'INSTALLATION_ID',
      '--github.installation_id',
      'ant-watcher finds the installations of the App itself',
      'config.installationId',
    ),
    { names: ['GITHUB_EXPORTER_BASE_URL', '--github.baseurl'], becomes: { setting: 'github.api_url' } },
    without('INSECURE', '--github.insecure', 'name the CA certificate of the server in github.ca_file'),
    {
      names: [
        'GITHUB_EXPORTER_ENTERPRISE',
        'GITHUB_EXPORTER_ENTERPRISES',
        '--github.enterprise',
        'exporter.enterprises',
      ],
      becomes: { setting: 'github.enterprises' },
    },
    {
      names: ['GITHUB_EXPORTER_ORG', 'GITHUB_EXPORTER_ORGS', '--github.org', 'exporter.orgs'],
      becomes: { nothing: 'webhooks and the App say which organizations there are' },
    },
    {
      names: ['GITHUB_EXPORTER_REPO', 'GITHUB_EXPORTER_REPOS', '--github.repo', 'exporter.repos'],
      becomes: { setting: 'github.repositories' },
    },
    {
      names: ['GITHUB_EXPORTER_WEBHOOK_PATH', '--webhook.path', 'webhook.path'],
      becomes: { setting: 'webhook.path' },
    },
    { names: ['GITHUB_EXPORTER_WEB_ADDRESS', '--web.address'], becomes: { listener: 'webhook' } },
    { names: ['service.internalPort'], becomes: { setting: 'webhook.port' } },
    without('WEB_PATH', '--web.path', 'the path is always /metrics'),
    without('WEB_PPROF', '--web.debug', 'there is no profiler'),
    without('WEB_TIMEOUT', '--web.timeout', 'api.write_timeout has another meaning'),
    without(
      'WEB_CONFIG',
      '--web.config',
      'TLS and logins are api.tls_cert_file, api.tls_key_file, api.basic_auth',
    ),
    without('DATABASE_DSN', '--database.dsn', 'ant-watcher has a database of its own', 'database.dsn'),
    without(
      'REQUEST_TIMEOUT',
      '--request.timeout',
      'github.timeout is for a complete response; 30s is usual',
    ),
    without('PER_PAGE', '--github.per-page', 'ant-watcher always reads the largest pages'),
    {
      names: ['GITHUB_EXPORTER_LOG_LEVEL', '--log.level'],
      becomes: { setting: 'log.level', convert: LOG_LEVELS },
    },
    {
      names: ['GITHUB_EXPORTER_LOG_PRETTY', '--log.pretty'],
      becomes: { setting: 'log.format', convert: (text) => (text === 'true' ? 'text' : 'json') },
    },
    ...COLLECTORS,
  ],
  chartSecrets: [
    {
      variable: 'GITHUB_EXPORTER_TOKEN',
      secretAt: 'config.existingSecret',
      secret: null,
      keyAt: 'config.tokenKey',
      key: 'token',
      when: { path: 'config.authType', is: 'token', byDefault: 'token' },
    },
    {
      variable: 'GITHUB_EXPORTER_APP_ID',
      secretAt: 'config.existingSecret',
      secret: null,
      keyAt: 'config.appIdKey',
      key: 'appId',
      when: { path: 'config.authType', is: 'app' },
    },
    {
      variable: 'GITHUB_EXPORTER_PRIVATE_KEY',
      secretAt: 'config.existingSecret',
      secret: null,
      keyAt: 'config.privateKeyKey',
      key: 'privateKey',
      when: { path: 'config.authType', is: 'app' },
    },
    {
      variable: 'GITHUB_EXPORTER_WEBHOOK_SECRET',
      secretAt: 'webhook.existingSecret',
      secret: null,
      keyAt: 'webhook.secretKey',
      key: 'secret',
      when: { path: 'webhook.enabled', is: 'true' },
    },
  ],
  differences: DIFFERENCES.promhippie,
};
