import type { RerunKind } from '../rerun-kind.ts';
import { isCarriedOver } from './carried-over.ts';
import { durationBetween } from './duration.ts';
import { CLOCK_SKEW_MS } from './execution.ts';
import type { Fact, Transition } from './fact.ts';
import type { JobState, RunState } from './state.ts';

/*
 * What only all jobs of an attempt show: how long it took until the first of them started, and whether a re-run
 * repeated all jobs or a part of them. Nothing says how many jobs an attempt has, and events of them may arrive after
 * its end. So this is counted a while after the end is known, once.
 */

/** Whether it has settled. That is no news of its workflow. */
export function isSettled({ completionCounted, settlesAtMs }: RunState): boolean {
  return completionCounted && settlesAtMs === null;
}

/** Counts it. `jobs`: all jobs of the run that are known, of every attempt. */
export function settleRun(run: RunState, jobs: readonly JobState[]): Transition<RunState> {
  const proven = jobs.filter(({ isJob }) => isJob);
  const queue = queueOf(run, proven);
  const isNewRerun = run.runAttempt > 1 && run.rerunKind === null;
  const rerunKind = isNewRerun ? rerunKindOf(run, proven) : run.rerunKind;
  const facts: Fact[] = [...queue.facts];
  // Its own report of that may be lost, and a list has only the end.
  const isNewProgress = queue.queueMs !== null && !run.progressCounted;
  if (isNewProgress) facts.push({ kind: 'run_seen', run, status: 'in_progress' });
  if (isNewRerun && rerunKind !== null) facts.push({ kind: 'run_repeated', run, rerunKind });
  return {
    state: {
      ...run,
      settlesAtMs: null,
      settleLabels: null,
      queueMs: queue.queueMs,
      rerunKind,
      progressCounted: run.progressCounted || isNewProgress,
    },
    facts,
  };
}

/** From the start of the attempt to the first start of a job that it ran. Nothing if there is none. */
function queueOf(
  run: RunState,
  jobs: readonly JobState[],
): { queueMs: number | null; facts: readonly Fact[] } {
  const earliestMs = (run.runStartedAtMs ?? 0) - CLOCK_SKEW_MS;
  const starts = jobs.flatMap(({ runAttempt, hasStarted, startedAtMs }) =>
    runAttempt === run.runAttempt && hasStarted && startedAtMs !== null && startedAtMs >= earliestMs
      ? [startedAtMs]
      : [],
  );
  const firstMs = starts.length === 0 ? null : Math.min(...starts);
  const { durationMs, anomalies } = durationBetween(run.runStartedAtMs, firstMs, 'run_queue');
  if (firstMs === null || durationMs === null) return { queueMs: null, facts: anomalies };
  // What is wrong with the end is an anomaly of the run's duration, and is counted as that.
  const { durationMs: executionMs } = durationBetween(firstMs, run.updatedAtMs, 'run_duration');
  const started: Fact = {
    kind: 'run_started',
    run: { ...run, startedAtMs: firstMs },
    queueMs: durationMs,
    executionMs,
  };
  return { queueMs: durationMs, facts: [started, ...anomalies] };
}

/**
 * A job that is carried over shows that only a part ran again. If none is, a job that had succeeded and ran again shows
 * that all did: a re-run of what failed leaves it out, unless it needs a job that failed.
 */
function rerunKindOf(run: RunState, jobs: readonly JobState[]): RerunKind {
  const ran = jobs.filter(({ runAttempt, hasStarted }) => runAttempt === run.runAttempt && hasStarted);
  const earlier = jobs.filter(({ runAttempt }) => runAttempt < run.runAttempt);
  if (ran.some((job) => isCarriedOver(job, earlier, run))) return 'failed';
  const passed = new Set(earlier.flatMap(({ name, conclusion }) => (conclusion === 'success' ? [name] : [])));
  return ran.some(({ name }) => passed.has(name)) ? 'all' : 'unknown';
}
