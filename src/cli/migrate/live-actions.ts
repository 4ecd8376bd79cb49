import { DIFFERENCES } from './differences.ts';
import { LOG_LEVELS, type OldExporter } from './old-exporter.ts';

/** gateixeira/live-actions at d90ee48083fd34237a158f51551f90a9ac4db3fe: internal/config/config.go. It has no flags. */
export const LIVE_ACTIONS: OldExporter = {
  title: 'gateixeira/live-actions',
  hookPath: '/webhook',
  // Both at one port there. The payload URL keeps it.
  ports: { 'webhook.port': '8080' },
  settings: [
    { names: ['WEBHOOK_SECRET'], becomes: { secret: 'webhook.secret' } },
    { names: ['PORT'], becomes: { setting: 'webhook.port' } },
    {
      names: ['DATA_RETENTION_DAYS'],
      becomes: { setting: 'storage.retention', convert: (text) => (/^\d+$/.test(text) ? `${text}d` : null) },
    },
    {
      names: ['DATABASE_PATH'],
      becomes: { nothing: 'ant-watcher has a database of its own, which storage.url names' },
    },
    { names: ['LOG_LEVEL'], becomes: { setting: 'log.level', convert: LOG_LEVELS } },
    { names: ['ENVIRONMENT'], becomes: { nothing: 'a secret is always needed' } },
    { names: ['TLS_ENABLED'], becomes: { nothing: 'it was about cookies, and the page here sets none' } },
    { names: ['CLEANUP_INTERVAL_HOURS'], becomes: { nothing: 'old runs are deleted all the time' } },
    {
      names: ['STALE_JOB_THRESHOLD_HOURS'],
      becomes: { nothing: 'ant-watcher asks GitHub how such a job ended, see recovery.reconcile_after' },
    },
  ],
  chartSecrets: [],
  differences: DIFFERENCES['live-actions'],
};
