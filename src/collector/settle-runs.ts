import type { Clock, WorkQueue } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { settleRun } from '../domain/lifecycle/settle.ts';
import { type RunState, runKey } from '../domain/lifecycle/state.ts';
import type { Increment } from '../domain/metric.ts';
import { withOwnLabels } from '../domain/repository-labels.ts';
import { type Changes, type KnownStates, NO_CHANGES, NO_DELIVERIES, NO_KEYS } from '../domain/transaction.ts';
import type { CountingRules } from './batch.ts';

const MAX_PER_CALL = 1000;
/** In one transaction. */
const AT_ONCE = 50;

type Rules = Pick<CountingRules, 'measure' | 'compat'>;

export interface SettleOptions {
  readonly queue: Pick<WorkQueue, 'settlingRuns' | 'process'>;
  readonly rules: () => Rules;
  readonly clock: Clock;
}

/**
 * Counts what only all jobs of an attempt show, of attempts that ended so long ago that no more events of jobs arrive.
 * An attempt with which that hits a bug is passed to `onBug`, and is tried again at the next call.
 */
export async function settleRuns(
  options: SettleOptions,
  onBug: (error: unknown, run: RunState) => void = rethrow,
): Promise<void> {
  const due = await options.queue.settlingRuns(options.clock(), MAX_PER_CALL);
  for (let at = 0; at < due.length; at += AT_ONCE) await settle(due.slice(at, at + AT_ONCE), options, onBug);
}

async function settle(
  due: readonly RunState[],
  options: SettleOptions,
  onBug: (error: unknown, run: RunState) => void,
): Promise<void> {
  const { queue, rules } = options;
  const [first, ...others] = due;
  if (first === undefined) return;
  const jobsOfRuns = [...new Set(due.map(({ runId }) => runId))];
  const keys = { ...NO_KEYS, runs: due, jobsOfRuns };
  try {
    await queue.process(NO_DELIVERIES, keys, (_, known, nowMs) => settled(due, known, { nowMs, ...rules() }));
  } catch (error) {
    if (error instanceof AntError) throw error;
    if (others.length === 0) onBug(error, first);
    else for (const run of due) await settle([run], options, onBug);
  }
}

function settled(
  due: readonly RunState[],
  known: KnownStates,
  { measure, compat, nowMs }: Rules & { readonly nowMs: number },
): Changes {
  const { runs, jobs } = known;
  const wanted = new Set(due.map(runKey));
  const jobsOf = Map.groupBy(jobs, ({ runId }) => runId);
  const increments: Increment[] = [];
  const states: RunState[] = [];
  for (const run of runs) {
    // Another process may have been faster.
    if (!wanted.has(runKey(run)) || run.settlesAtMs === null || run.settlesAtMs > nowMs) continue;
    const { state, facts } = settleRun(run, jobsOf.get(run.runId) ?? []);
    states.push(state);
    increments.push(...withOwnLabels(facts.flatMap(measure), run.settleLabels));
    if (compat) increments.push(...facts.flatMap(compat));
  }
  return { ...NO_CHANGES, runs: states, increments };
}

function rethrow(error: unknown): never {
  throw error;
}
