import { deliveriesOfRuns, MAX_DELAY_MS, type SimulatedDelivery } from '../deliveries.ts';
import type { Run } from '../model.ts';
import type { PlayedWorld } from '../world.ts';
import { companyPopulation, companyRuns } from './company.ts';

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
  /** Every run is added, before anything is sent about it. */
  readonly played?: Run[];
}

/** What a simulated GitHub knows of the company: the runs that its traffic has added. */
export function companyWorld(
  { seed, pastMs, presentMs }: CompanyTrafficOptions,
  runs: readonly Run[],
): PlayedWorld {
  const [startMs, endMs] = [presentMs - pastMs, Number.POSITIVE_INFINITY];
  return { seed, population: companyPopulation(), startMs, endMs, deployments: true, runs };
}

/** The traffic of a company that began `pastMs` before `presentMs`. */
export function companyTraffic(options: CompanyTrafficOptions): CompanyTraffic {
  const { seed, presentMs } = options;
  const runs = playedRuns(options);
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

function* playedRuns({ seed, pastMs, presentMs, played = [] }: CompanyTrafficOptions): Generator<Run> {
  for (const run of companyRuns({ seed, startMs: presentMs - pastMs, presentMs })) {
    played.push(run);
    yield run;
  }
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
