import type { DeploymentState } from './lifecycle/state.ts';

/*
 * What the questions of the page and the read API can read of deployments.
 */

/** Of creations: from the first time until before the last. */
interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When a deployment was made, and how it went. */
export interface DeploymentOutcomes
  extends Pick<
    DeploymentState,
    'repository' | 'environment' | 'createdAtMs' | 'runStartedAtMs' | 'successAtMs'
  > {
  /** With `failure` or `error`, whatever came before or after. */
  readonly hasFailed: boolean;
}

/** As for jobs; of deployments, one value of each list must match. */
export interface DeploymentFilters {
  /** `owner/name`, or `owner/*`. */
  readonly repository: readonly string[];
  /** As in the label of metrics, or as people named it. */
  readonly environment: readonly string[];
  /** The latest one. */
  readonly state: readonly string[];
}

/** A part of `HistoryReader`. */
export interface DeploymentReading {
  /** Those that were created in the window and fit, the latest first, in batches. */
  deployments(window: Window, filters: DeploymentFilters): AsyncIterable<readonly DeploymentState[]>;
  /** How the same went: what a summary needs of each, which is quicker to read. */
  deploymentOutcomes(
    window: Window,
    filters: DeploymentFilters,
  ): AsyncIterable<readonly DeploymentOutcomes[]>;
  /** In the order in which they were made. */
  deploymentsOfRun(runId: number): Promise<readonly DeploymentState[]>;
}
