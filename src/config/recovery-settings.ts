import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import { setting } from './setting.ts';

/** What is asked of GitHub when webhooks may have been lost. It needs a way to log in (`github`). */
export const RECOVERY_SETTINGS = {
  intervalMs: setting(
    'recovery.interval',
    kinds.duration({ min: '1s', max: '1d' }),
    '5m',
    "How often GitHub's API is asked for what webhooks lost, if there is something to log in with. Below ten minutes, the word of an approval gate that was lost comes back in time.",
    'reload',
  ),
  reconcileAfterMs: setting(
    'recovery.reconcile_after',
    metricKinds.durationOrNever({ min: '1s', max: '24d' }),
    '30m',
    'How long a job or run may be queued before GitHub is asked about it; in progress four times, behind an approval gate 48 times as long. Asked again after the same time, then twice, four times … of it.',
    'reload',
  ),
} as const;
