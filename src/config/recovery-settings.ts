import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import { setting } from './setting.ts';

/** When to ask GitHub for what webhooks may have lost. Needs GitHub credentials (`github`). */
export const RECOVERY_SETTINGS = {
  intervalMs: setting(
    'recovery.interval',
    kinds.duration({ min: '1s', max: '1d' }),
    '5m',
    "How often to ask GitHub's API for lost webhooks, if a token or App is set. Below ten minutes, a lost approval gate event comes back in time to be counted.",
    'reload',
  ),
  reconcileAfterMs: setting(
    'recovery.reconcile_after',
    metricKinds.durationOrNever({ min: '1s', max: '24d' }),
    '30m',
    'How long a job or run may be queued before GitHub is asked about it; in progress four times, behind an approval gate 48 times as long. Asked again after the same time, then after twice and four times that, and so on.',
    'reload',
  ),
} as const;
