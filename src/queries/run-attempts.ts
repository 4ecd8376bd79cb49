import { durationBetween } from '../domain/lifecycle/duration.ts';
import { runBeganAtMs, runStaleAfterMs } from '../domain/lifecycle/stale.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import type { RunAttempt } from '../domain/openapi-types.ts';
import type { WholeRun } from '../domain/queries.ts';
import type { Showing } from './jobs.ts';
import { shownRun } from './runs.ts';

/** All attempts that are known, from the first on: by their own events, or only by their jobs. */
export function attemptsOf({ runs, jobs }: WholeRun): readonly RunState[] {
  const known = new Set(runs.map(({ runAttempt }) => runAttempt));
  const byAttempt = Map.groupBy(
    jobs.filter(({ runAttempt }) => !known.has(runAttempt)),
    ({ runAttempt }) => runAttempt,
  );
  return [...runs, ...Array.from(byAttempt.values(), attemptOfJobs)].sort(
    (a, b) => a.runAttempt - b.runAttempt,
  );
}

/** What its jobs tell of an attempt of which no event arrived. */
function attemptOfJobs(jobs: readonly JobState[]): RunState {
  const [{ runId, runAttempt, repository, workflow, headBranch, headSha }] = jobs as [JobState];
  const firstSeenAtMs = Math.min(...jobs.map((job) => job.createdAtMs ?? job.firstSeenAtMs));
  return {
    ...{ runId, runAttempt, repository, workflow, headBranch, headSha, firstSeenAtMs },
    ...{ runNumber: null, repositoryId: null, workflowFile: null },
    ...{ status: 'in_progress', conclusion: null, event: 'unknown', branch: 'unknown' },
    ...{ createdAtMs: null, runStartedAtMs: null, updatedAtMs: null, statusAtMs: firstSeenAtMs },
    ...{
      completionCounted: false,
      heldCounted: false,
      progressCounted: false,
      goneAtMs: null,
      confirmedAtMs: null,
    },
    ...{ settlesAtMs: null, settleLabels: null, queueMs: null, rerunKind: null },
  };
}

export function shownAttempt(
  state: RunState,
  queueMs: number | null,
  { nowMs, webUrl }: Omit<Showing, 'isStale'>,
): RunAttempt {
  const isOver = state.status === 'completed';
  const { durationMs } = durationBetween(state.runStartedAtMs, state.updatedAtMs, 'run_duration');
  const end = { endedAtMs: state.updatedAtMs, conclusion: state.conclusion, durationMs };
  const isStale = !isOver && runStaleAfterMs(state) < nowMs;
  const beganAtMs = isOver ? null : runBeganAtMs(state);
  return shownRun({ state, end: isOver ? end : null, beganAtMs, queueMs }, { isStale, nowMs, webUrl });
}
