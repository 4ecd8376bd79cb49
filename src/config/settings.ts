import type { LabelFile } from '../domain/repository-labels.ts';
import type { Proxies } from '../outbound/proxies.ts';
import { API_SETTINGS } from './api-settings.ts';
import { GITHUB_SETTINGS } from './github-settings.ts';
import { JOB_SETTINGS } from './job-settings.ts';
import * as kinds from './kinds.ts';
import { METRIC_SETTINGS, PRICE_SETTINGS } from './metric-settings.ts';
import { OTLP_SETTINGS } from './otlp-settings.ts';
import { PUSH_SETTINGS } from './push-settings.ts';
import { type Setting, setting, type ValuesOf } from './setting.ts';
import { STORAGE_SETTINGS } from './storage-settings.ts';
import { WEBHOOK_SETTINGS } from './webhook-settings.ts';

/**
 * Every setting, by group. To add one, add an entry. Its key is the name in the code, including the unit; its
 * first argument is the name for users, without unit.
 */
export const SETTINGS = {
  webhook: WEBHOOK_SETTINGS,
  api: API_SETTINGS,
  jobs: JOB_SETTINGS,
  storage: STORAGE_SETTINGS,
  memory: {
    limitBytes: setting(
      'memory.limit',
      kinds.sizeOrZero({ min: '64MiB', max: '1023GiB' }),
      '0',
      'Memory that the process may use. 0: the limit of its container, or the memory of the machine. Close to the limit, deliveries are answered with 503.',
      'restart',
    ),
    ttlMs: setting(
      'memory.ttl',
      kinds.duration({ min: '1s', max: '24d' }),
      '15m',
      'How long a run or job without new events stays in the memory cache; a tenth of that once it has completed and its samples are pushed. It stays in the database, except with `storage.url=memory:`.',
    ),
  },
  collector: {
    batchSize: setting(
      'collector.batch_size',
      kinds.wholeNumber(1, 10_000, '64'),
      '64',
      'Queued deliveries to process in one transaction.',
      'restart',
    ),
    atOnce: setting(
      'collector.at_once',
      kinds.wholeNumber(0, 512, '256'),
      '256',
      'How many deliveries that arrive together are processed in the transaction that accepts them. A larger burst is answered first and processed through the queue. With 0, everything goes through the queue, as it does in the first hour after an unclean shutdown.',
      'restart',
    ),
    maxAttempts: setting(
      'collector.max_attempts',
      kinds.wholeNumber(1, 1000, '8'),
      '8',
      'A delivery is parked after this many failed attempts to process it.',
      'restart',
    ),
  },
  metrics: METRIC_SETTINGS,
  push: PUSH_SETTINGS,
  otlp: OTLP_SETTINGS,
  github: GITHUB_SETTINGS,
  /** When GitHub is asked for what webhooks may have lost. Needs GitHub credentials (`github`). */
  recovery: {
    intervalMs: setting(
      'recovery.interval',
      kinds.duration({ min: '1s', max: '1d' }),
      '5m',
      "How often to ask GitHub's API for lost webhooks, if a token or App is set. Below ten minutes, a lost approval gate event comes back in time to be counted.",
    ),
    reconcileAfterMs: setting(
      'recovery.reconcile_after',
      kinds.durationOrNever({ min: '1s', max: '24d' }),
      '30m',
      'How long a job or run may be queued before GitHub is asked about it; in progress four times, behind an approval gate 48 times as long. Asked again after the same time, then after twice and four times that, and so on.',
    ),
  },
  prices: PRICE_SETTINGS,
  shutdown: {
    delayMs: setting(
      'shutdown.delay',
      kinds.duration({ min: '0s', max: '10m' }),
      '0s',
      'How long everything goes on after SIGTERM or SIGINT while `/readyz` already answers 503, so that a load balancer stops sending before the listeners close. It needs about as long as its health check takes to notice.',
      'restart',
    ),
    graceMs: setting(
      'shutdown.grace',
      kinds.duration(),
      '20s',
      'Time to finish current work after SIGTERM or SIGINT and `shutdown.delay`. Keep the sum below the time after which your supervisor sends SIGKILL.',
      'restart',
    ),
  },
  config: {
    watchMs: setting(
      'config.watch',
      kinds.duration({ min: '0s', max: '1d' }),
      '10s',
      'How often to look whether a file of the configuration has changed: the configuration file, the file of a secret, certificates to trust, `metrics.repository_labels_file`. What two looks in a row show is reloaded, as SIGHUP does. 0s: only when asked.',
    ),
  },
  log: {
    level: setting(
      'log.level',
      kinds.oneOf(['debug', 'info', 'warn', 'error']),
      'info',
      'The lowest level to log.',
    ),
    format: setting(
      'log.format',
      kinds.oneOf(['json', 'text']),
      'json',
      '`json`: one object per line. `text`: lines for people, where an error is a sentence and a hint. At a terminal the default is `text`.',
      'restart',
    ),
  },
} as const satisfies Record<string, Record<string, Setting<unknown>>>;

/** What belongs to the settings and is no value of one: the proxies of the environment, what a file holds. */
export interface BesideSettings {
  readonly proxies: Proxies;
  readonly labelFile: LabelFile;
}

/** The values of all settings, frozen, and what is beside them. Names include units. */
export type Settings = {
  readonly [Group in keyof typeof SETTINGS]: ValuesOf<(typeof SETTINGS)[Group]>;
} & BesideSettings;

/** Every setting in the order of the documentation. */
export function listSettings(): Setting<unknown>[] {
  return Object.values(SETTINGS).flatMap((group): Setting<unknown>[] => Object.values(group));
}

/** Settings with these values, which must be of the kinds of the settings. */
export function buildSettings(
  beside: BesideSettings,
  choose: (setting: Setting<unknown>, group: keyof typeof SETTINGS, key: string) => unknown,
): Settings {
  const groups = Object.entries(SETTINGS).map(([group, members]) => {
    const values = Object.entries(members).map(([key, setting]: [string, Setting<unknown>]) => [
      key,
      Object.freeze(choose(setting, group as keyof typeof SETTINGS, key)),
    ]);
    return [group, Object.freeze(Object.fromEntries(values))];
  });
  // The shape follows from SETTINGS, as the type does.
  return Object.freeze({ ...Object.fromEntries(groups), ...beside }) as Settings;
}
