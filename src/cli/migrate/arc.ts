import { DIFFERENCES } from './differences.ts';
import { LOG_LEVELS, type OldExporter, pathIn } from './old-exporter.ts';

const BASIC_AUTH = 'ant-watcher logs in with a token or as a GitHub App, not with basic authentication';
const UPLOADS = 'nothing is uploaded to GitHub';
const SECRET = 'actionsMetricsServer.secret';
const OF_SECRET = { secretAt: `${SECRET}.name`, secret: 'actions-metrics-server' };
const IF_ENABLED = { path: `${SECRET}.enabled`, is: 'true' };

/**
 * actions-metrics-server, as of actions/actions-runner-controller at 2ee6b3b8e8d2781c2f2bd4f0033fbb436465c5c1:
 * cmd/actionsmetricsserver/main.go, github/github.go, charts/actions-runner-controller.
 */
export const ARC: OldExporter = {
  title: "ARC's actions-metrics-server",
  // Its server looks at no path.
  hookPath: '*',
  ports: { 'webhook.port': '8000', 'api.port': '8080' },
  shared: { chartWith: 'actionsMetricsServer', own: /^actionsMetrics|^github\w*URL$|^runnerGithubURL$/ },
  settings: [
    {
      names: [
        'GITHUB_WEBHOOK_SECRET_TOKEN',
        '--github-webhook-secret-token',
        `${SECRET}.github_webhook_secret_token`,
      ],
      becomes: { secret: 'webhook.secret' },
    },
    {
      names: ['GITHUB_TOKEN', '--github-token', `${SECRET}.github_token`],
      becomes: { secret: 'github.token' },
    },
    {
      names: ['GITHUB_APP_ID', '--github-app-id', `${SECRET}.github_app_id`],
      becomes: { setting: 'github.app_id' },
    },
    {
      names: ['GITHUB_APP_PRIVATE_KEY', '--github-app-private-key', `${SECRET}.github_app_private_key`],
      becomes: { secret: 'github.app_private_key', fileIn: pathIn },
    },
    {
      names: [
        'GITHUB_APP_INSTALLATION_ID',
        '--github-app-installation-id',
        `${SECRET}.github_app_installation_id`,
      ],
      becomes: { nothing: 'ant-watcher finds the installations of the App itself' },
    },
    {
      names: ['GITHUB_ENTERPRISE_URL', 'githubEnterpriseServerURL'],
      becomes: { setting: 'github.api_url' },
    },
    { names: ['GITHUB_URL', '--github-url', 'githubURL'], becomes: { setting: 'github.api_url' } },
    { names: ['GITHUB_UPLOAD_URL', '--github-upload-url', 'githubUploadURL'], becomes: { nothing: UPLOADS } },
    {
      names: [
        'GITHUB_RUNNER_GITHUB_URL',
        'GITHUB_RUNNER_GIT_HUB_URL',
        '--runner-github-url',
        'runnerGithubURL',
      ],
      becomes: { nothing: 'it is for runners that register' },
    },
    { names: ['GITHUB_BASICAUTH_USERNAME', '--github-basicauth-username'], becomes: { nothing: BASIC_AUTH } },
    { names: ['GITHUB_BASICAUTH_PASSWORD', '--github-basicauth-password'], becomes: { nothing: BASIC_AUTH } },
    { names: ['--webhook-addr'], becomes: { listener: 'webhook' } },
    { names: ['--metrics-addr'], becomes: { listener: 'api' } },
    { names: ['actionsMetrics.port'], becomes: { setting: 'api.port' } },
    {
      names: ['actionsMetrics.proxy.enabled'],
      becomes: { nothing: 'in place of kube-rbac-proxy, api.tokens or api.basic_auth guard /metrics' },
    },
    {
      names: ['--log-level', 'actionsMetricsServer.logLevel'],
      becomes: { setting: 'log.level', convert: LOG_LEVELS },
    },
    {
      names: ['--log-format', 'actionsMetricsServer.logFormat'],
      becomes: { setting: 'log.format' },
    },
  ],
  chartSecrets: [
    {
      variable: 'GITHUB_WEBHOOK_SECRET_TOKEN',
      ...OF_SECRET,
      key: 'github_webhook_secret_token',
      when: { path: 'actionsMetricsServer.enabled', is: 'true' },
    },
    { variable: 'GITHUB_TOKEN', ...OF_SECRET, key: 'github_token', when: IF_ENABLED, isOptional: true },
    { variable: 'GITHUB_APP_ID', ...OF_SECRET, key: 'github_app_id', when: IF_ENABLED, isOptional: true },
    {
      variable: 'GITHUB_APP_PRIVATE_KEY',
      ...OF_SECRET,
      key: 'github_app_private_key',
      when: IF_ENABLED,
      isOptional: true,
    },
  ],
  differences: DIFFERENCES.arc,
};
