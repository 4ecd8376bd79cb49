import { deliveriesOfRuns, MAX_DELAY_MS, type SimulatedDelivery } from '../deliveries.ts';
import type { Run } from '../model.ts';
import { companyRuns } from './company.ts';

/** What GitHub sends about the company. */
export interface CompanyTraffic {
  /** About what goes on at `presentMs` and later, in order of arrival and without an end. */
  readonly present: Iterable<SimulatedDelivery>;
  /** About what was over before, the latest run first. */
  readonly past: Iterable<SimulatedDelivery>;
}

export interface CompanyTrafficOptions {
  readonly seed: string;
  readonly pastMs: number;
  readonly presentMs: number;
}

/** The traffic of a company that began `pastMs` before `presentMs`. */
export function companyTraffic({ seed, pastMs, presentMs }: CompanyTrafficOptions): CompanyTraffic {
  const runs = companyRuns({ seed, startMs: presentMs - pastMs, presentMs });
  const past: Run[] = [];
  const present: Run[] = [];
  for (let next = runs.next(); !next.done; next = runs.next()) {
    const run = next.value;
    const isOver = run.endMs + MAX_DELAY_MS < presentMs;
    (isOver ? past : present).push(run);
    if (run.createdMs > presentMs) break;
  }
  function* rest(): Generator<Run> {
    yield* present;
    yield* runs;
  }
  const endless = { seed, endMs: Number.POSITIVE_INFINITY, deployments: true };
  return {
    present: deliveriesOfRuns(rest(), endless),
    past: summaries(past.toReversed(), seed),
  };
}

/** Only what says how everything ended, and how long it waited for approval: the rest is contained in that. */
function* summaries(runs: readonly Run[], seed: string): Generator<SimulatedDelivery> {
  for (const run of runs) {
    const isGated = run.workflow.plan.jobs.some(({ environment }) => environment !== undefined);
    const whole = { seed, endMs: Number.POSITIVE_INFINITY, deployments: true };
    for (const delivery of deliveriesOfRuns([run], whole)) {
      const { action, event } = delivery;
      const isOfGate = isGated && (event === 'workflow_job' || event.startsWith('deployment'));
      const tells = action === null || action === 'completed' || isOfGate;
      if (tells) yield delivery;
    }
  }
}
