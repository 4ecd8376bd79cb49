import { type AccessRules, accessRules } from '../api/access.ts';
import { type JobRules, jobRules } from '../api/job-numbers/job-rules.ts';
import { asksReasons } from '../config/github-settings.ts';
import { sendsMetrics } from '../config/otlp-endpoints.ts';
import { repositoryLabelsOf } from '../config/repository-labels.ts';
import type { Settings } from '../config/settings.ts';
import { sinksOf } from '../config/sinks.ts';
import { webUrlOf } from '../github/client/api-url.ts';
import { type Network, networkOf } from '../outbound/network.ts';
import type { QuestionRules } from '../read-thread/messages.ts';
import { type WebhookRules, webhookRules } from '../webhook/rules.ts';
import type { SnapshotIntervals } from './snapshots.ts';

/**
 * What may change while the service runs, of the parts that share the main thread; the engine's is in
 * `engine/rules.ts`.
 */
export interface AppRules {
  readonly webhook: WebhookRules;
  readonly access: AccessRules;
  readonly jobs: JobRules;
  /** How GitHub is reached. */
  readonly network: Network;
  readonly isReloadAllowed: boolean;
  /** How often to look for changes of the configuration; 0: never. */
  readonly configWatchMs: number;
  /** Where GitHub's pages are. */
  readonly webUrl: string;
  /** Whether it is asked for the annotations of what fails. */
  readonly readsReasons: boolean;
  /** The operator's, which the filters of questions follow. */
  readonly questions: QuestionRules;
  readonly snapshotIntervals: SnapshotIntervals;
  /** Which part of our own work is traced, from 0 to 1. */
  readonly ownTraces: number;
  /** As `ScrapeOptions.compatNames`. */
  readonly compatNames: readonly string[];
}

/** Makes all of them, ready for use. Throws for settings of which they can't be made. */
export function appRules({
  config,
  webhook,
  api,
  jobs,
  push,
  otlp,
  metrics,
  labelFile,
  github,
  proxies,
}: Settings): AppRules {
  const network = networkOf(proxies, 'github.ca_file', github.caFile);
  return {
    webhook: webhookRules(webhook),
    access: accessRules(api),
    network,
    jobs: jobRules(jobs, network),
    isReloadAllowed: api.reload,
    configWatchMs: config.watchMs,
    webUrl: webUrlOf(github.apiUrl),
    readsReasons: asksReasons(github),
    questions: {
      labelPatterns: metrics.labelPatterns,
      branchGroups: metrics.branchGroups,
      repositoryLabels: repositoryLabelsOf({ metrics, labelFile }),
    },
    snapshotIntervals: {
      exposition: sinksOf(push).length === 0 ? null : push.snapshotIntervalMs,
      otlp: sendsMetrics(otlp) ? otlp.metricsIntervalMs : null,
    },
    ownTraces: otlp.endpoints.length === 0 ? 0 : otlp.ownTraces,
    compatNames: metrics.compat,
  };
}
