import type { Engine, Logger } from '../domain/contracts.ts';
import type { GitHub } from '../domain/github-api.ts';
import { openBilling } from '../github/billing.ts';
import { openRunners } from '../github/runners.ts';
import type { AccessProblems } from '../sync/access-problems.ts';
import { startBillingWatch } from '../sync/billing.ts';
import { type RunnerPlaces, runnerTargets, startRunnerWatch } from '../sync/runners.ts';
import type { ServiceTime } from '../timing/service-time.ts';

/** The settings of what is watched. */
export interface WatchValues {
  readonly places: RunnerPlaces & { readonly billing: readonly string[] };
  /** Whether runners are counted by label, too. */
  readonly byLabel: boolean;
}

export interface WatchOptions {
  readonly engine: Engine;
  readonly time: ServiceTime;
  readonly logger: Logger;
  readonly accessProblems: AccessProblems;
}

/** What is looked at now and then, because no webhook reports it: runners, and what GitHub billed. */
export function startWatches(
  github: GitHub,
  { places, byLabel }: WatchValues,
  { engine, time: { clock, steady }, logger, accessProblems }: WatchOptions,
) {
  const common = { notes: engine, accessProblems, clock, logger };
  const runners = startRunnerWatch({
    ...common,
    runners: openRunners(github),
    targets: () => runnerTargets(github, engine, places),
    byLabel,
    steady,
  });
  const bills = startBillingWatch({ ...common, billing: openBilling(github), owners: places.billing });
  return {
    runners,
    bills,
    async close() {
      await Promise.all([runners.close(), bills.close()]);
    },
  };
}
