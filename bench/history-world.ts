import { createRandom, type Random } from '../simulator/random.ts';
import type {
  FailedJob,
  FinishedJob,
  FinishedRun,
  HistoryRecords,
  StartedJob,
} from '../src/domain/history.ts';
import type { JobState, RunState } from '../src/domain/lifecycle/state.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { commit } from '../test/store-conformance/store-case.ts';

/*
 * A database with the past month of a large organisation: 500 repositories with some 1,900 workflows, ten kinds
 * of runners, more work by day than by night.
 */

const HOUR_MS = 3_600_000;
const DAYS = 30;
const RUNS_AT_ONCE = 500;
const PACKED_AT_ONCE = 4000;
const REPOSITORIES = 500;
const WORKFLOWS = ['CI', 'Lint', 'Release', 'Nightly', 'Docs', 'CodeQL', 'Deploy'];
const JOBS = ['build', 'test', 'lint', 'e2e', 'package', 'publish', 'integration', 'typecheck', 'coverage'];
const RUNS_ON = [
  ...[['ubuntu-latest'], ['ubuntu-24.04-arm'], ['windows-latest'], ['macos-15'], ['ubuntu-latest-8-cores']],
  ...[
    ['self-hosted', 'linux', 'x64'],
    ['self-hosted', 'gpu'],
    ['self-hosted', 'arm64'],
    ['k8s-small'],
    ['k8s-big'],
  ],
];
const EVENTS = ['push', 'pull_request', 'schedule', 'workflow_dispatch'];

interface Written {
  readonly runs: RunState[];
  readonly jobs: JobState[];
  readonly history: { [Kind in keyof HistoryRecords]: HistoryRecords[Kind][number][] };
}

/** Writes about that many jobs, and the runs they belong to. They end before `toMs`. */
export async function storeHistory(url: string, jobs: number, toMs: number): Promise<void> {
  await using store = await openSqliteStore({ url, clock: () => toMs });
  const random = createRandom('history');
  const runs = Math.round(jobs / 8.5);
  for (let from = 0; from < runs; from += RUNS_AT_ONCE) {
    const written: Written = {
      runs: [],
      jobs: [],
      history: {
        startedJobs: [],
        finishedJobs: [],
        failedJobs: [],
        explainedJobs: [],
        flakyJobs: [],
        repeatedJobs: [],
        finishedRuns: [],
      },
    };
    const until = Math.min(runs, from + RUNS_AT_ONCE);
    for (let number = from; number < until; number += 1)
      addRun(written, number, startOf(number / runs, toMs), random);
    await commit(store, written);
  }
  while (!(await store.packHistory(toMs, PACKED_AT_ONCE)));
}

/** Runs are spread over the month, three times as dense at midday as at midnight. */
function startOf(share: number, toMs: number): number {
  const days = share * (DAYS - 0.2);
  const shift = Math.sin(2 * Math.PI * days) / (4 * Math.PI);
  return Math.round(toMs - (DAYS - 0.1 - days + shift) * 24 * HOUR_MS);
}

function addRun({ runs, jobs, history }: Written, number: number, createdAtMs: number, random: Random): void {
  // Small numbers come up more often: a few repositories have most of the work.
  const repository = Math.floor(REPOSITORIES * random.next() ** 2);
  const place = {
    runId: 10_000_000_000 + number,
    runAttempt: 1,
    repository: `octo-org/repository-${repository}`,
    workflow: WORKFLOWS[random.int(0, repository % WORKFLOWS.length)] ?? 'CI',
  };
  const count = random.int(1, 16);
  let endMs = createdAtMs;
  let hasFailed = false;
  for (let index = 0; index < count; index += 1) {
    const job = jobOf(place, number * 20 + index, index, createdAtMs, random);
    jobs.push(job.state);
    history.startedJobs.push(job.started);
    history.finishedJobs.push(job.finished);
    if (job.failed !== null) history.failedJobs.push(job.failed);
    hasFailed ||= job.failed !== null;
    endMs = Math.max(endMs, job.finished.endedAtMs);
  }
  const run = runOf(
    place,
    { createdAtMs, endMs, conclusion: hasFailed ? 'failure' : 'success' },
    number,
    random,
  );
  runs.push(run);
  history.finishedRuns.push(finishedRun(run, endMs));
}

type Place = Pick<JobState, 'runId' | 'runAttempt' | 'repository' | 'workflow'>;

function jobOf(place: Place, number: number, index: number, createdAtMs: number, random: Random) {
  const name = JOBS[index % JOBS.length] ?? 'build';
  const runsOn = RUNS_ON[(Math.floor(number / 20) + index) % RUNS_ON.length] ?? [];
  const queueMs = 1000 * Math.round(random.around(runsOn[0] === 'self-hosted' ? 40 : 6, 1));
  const durationMs = 1000 * Math.round(random.around(180, 0.9));
  const startedAtMs = createdAtMs + queueMs;
  const endedAtMs = startedAtMs + durationMs;
  const conclusion = random.chance(0.07) ? 'failure' : 'success';
  const names = { ...place, jobId: 100_000_000_000 + number };
  const labelled = { ...names, jobName: name, runsOn: runsOn.join(','), runnerGroup: 'Default' };
  const state: JobState = {
    ...{ ...names, name, runsOn, conclusion, status: 'completed', isJob: true, hasStarted: true },
    ...{ createdAtMs, startedAtMs, completedAtMs: endedAtMs, queueMs, durationMs, queueCounted: true },
    ...{ runnerId: 5, runnerName: 'runner-5', runnerGroup: 'Default', headBranch: 'main', headSha: null },
    ...{ firstSeenAtMs: createdAtMs, statusAtMs: endedAtMs, waitedAtMs: null, queuedAtMs: createdAtMs },
    ...{ releasedAtMs: null, inQueueAtMs: createdAtMs, isCauseOpen: false, hasEnvironment: false },
    ...{ isReasonOpen: false, reason: null, heldLabels: null, openSpans: null },
    ...{ isOwn: true, entriesCounted: 1, servedCounted: true, branch: null },
    ...{ heldUntilMs: null, approvalCounted: false, flakyCounted: 0, goneAtMs: null, confirmedAtMs: null },
    ...{ completionCounted: true, microDollars: null, repeatCounted: false },
  };
  const started: StartedJob = { ...labelled, startedAtMs, queueMs };
  const billedSeconds = 60 * Math.ceil(durationMs / 60_000);
  const finished: FinishedJob = {
    ...{ ...labelled, endedAtMs, durationMs, conclusion, sku: 'actions_linux' },
    ...{ billedSeconds, microDollars: billedSeconds * 100, unpricedSeconds: 0, wasted: null, steps: [] },
  };
  const failed: FailedJob | null =
    conclusion === 'failure' ? { ...labelled, endedAtMs, cause: 'step', step: `Run ${name}` } : null;
  return { state, started, finished, failed };
}

function runOf(
  place: Place,
  { createdAtMs, endMs, conclusion }: { createdAtMs: number; endMs: number; conclusion: string },
  number: number,
  random: Random,
): RunState {
  return {
    ...{
      ...place,
      runNumber: number,
      repositoryId: null,
      workflowFile: null,
      status: 'completed',
      conclusion,
    },
    ...{ event: random.pick(EVENTS), branch: random.pick(['default', 'pull_request']), headBranch: 'main' },
    ...{
      headSha: null,
      createdAtMs,
      runStartedAtMs: createdAtMs,
      updatedAtMs: endMs,
      firstSeenAtMs: createdAtMs,
    },
    ...{
      statusAtMs: endMs,
      completionCounted: true,
      heldCounted: false,
      progressCounted: true,
      settlesAtMs: null,
      settleLabels: null,
      queueMs: null,
      rerunKind: null,
      goneAtMs: null,
      confirmedAtMs: null,
    },
  };
}

function finishedRun(run: RunState, endedAtMs: number): FinishedRun {
  const { runId, runAttempt, repository, workflow, event, branch, conclusion, createdAtMs } = run;
  const durationMs = endedAtMs - (createdAtMs ?? endedAtMs);
  return {
    runId,
    runAttempt,
    repository,
    workflow,
    event,
    branch,
    conclusion: conclusion ?? '',
    endedAtMs,
    durationMs,
  };
}
