import type { SimulatedDelivery } from '../../simulator/deliveries.ts';

/** What is shown, and how. */
export interface Demo {
  /** How much of the company's past. */
  readonly pastMs: number;
  /** Null: until `stop`. */
  readonly durationMs: number | null;
  readonly anyPorts: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  say(line: string): void;
}

/** A way to the service. */
export interface Way {
  /** Resolves when there is room for another one. */
  send(delivery: SimulatedDelivery): Promise<void>;
  /** Resolves when everything sent is answered. */
  settle(): Promise<void>;
}

/** Of deliveries under way. Of the past not more than are processed at once, so that the present never queues. */
export const CONCURRENCY = { past: 16, present: 64 };

/** What the company's own runners cost a minute, in dollars, its teams and tiers, and what has to be requested. */
export const SETTINGS = {
  ANT_WATCHER_PRICES_RULES:
    'ubuntu-latest-8-cores=linux_8_core, group:Build machines=self_hosted:0.004, group:GPU machines=self_hosted:0.03, group:Kubernetes=self_hosted:0.003',
  ANT_WATCHER_METRICS_REPOSITORY_LABELS: 'team=team, tier=service_tier',
  ANT_WATCHER_METRICS_FAILED_STEPS: 'true',
  ANT_WATCHER_METRICS_RUNNER_LABELS: 'true',
};
