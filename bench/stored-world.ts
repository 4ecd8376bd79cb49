import { DOMAIN } from '../src/domain/catalogue.ts';
import type { Store } from '../src/domain/contracts.ts';
import type { JobState } from '../src/domain/lifecycle/state.ts';
import { countOf, histogramIncrements, type Increment } from '../src/domain/metric.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { commit } from '../test/store-conformance/store-case.ts';

/*
 * Databases of a given size, written by the store's own code.
 */

const BATCH = 5000;
const DAY_MS = 86_400_000;

export interface WorldSizes {
  readonly completedJobs: number;
  readonly activeJobs: number;
  /** Lines of the exposition that the stored metrics make: approximately. */
  readonly seriesLines: number;
}

export async function storeWorld(
  url: string,
  { completedJobs, activeJobs, seriesLines }: WorldSizes,
): Promise<void> {
  await using store = await openSqliteStore({
    url,
    clock: Date.now,
  });
  await storeSeries(store, seriesLines);
  const count = completedJobs + activeJobs;
  for (let from = 0; from < count; from += BATCH) {
    const jobs = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) =>
      jobState(from + index, from + index < completedJobs),
    );
    await commit(store, { jobs });
  }
}

function jobState(number: number, isCompleted: boolean): JobState {
  const createdAtMs = Date.now() - (isCompleted ? DAY_MS : 60_000);
  return {
    jobId: 10_000_000_000 + number,
    runId: 20_000_000_000 + Math.floor(number / 5),
    runAttempt: 1,
    repository: `octo-org/repository-${number % 100}`,
    workflow: 'Continuous integration',
    name: `build (${number % 5})`,
    status: isCompleted ? 'completed' : 'in_progress',
    conclusion: isCompleted ? 'success' : null,
    hasStarted: true,
    createdAtMs,
    startedAtMs: createdAtMs + 5000,
    completedAtMs: isCompleted ? createdAtMs + 65_000 : null,
    runsOn: ['ubuntu-latest'],
    runnerId: 5,
    runnerName: 'GitHub Actions 5',
    runnerGroup: 'GitHub Actions',
    headBranch: 'main',
    headSha: '3484a3fb816e0859fd6e1cea078d76385ff50625',
    firstSeenAtMs: createdAtMs,
    statusAtMs: createdAtMs,
    waitedAtMs: null,
    queuedAtMs: createdAtMs,
    releasedAtMs: createdAtMs,
    inQueueAtMs: createdAtMs,
    isJob: true,
    isCauseOpen: false,
    isReasonOpen: false,
    ...{ isOwn: true, entriesCounted: 1, servedCounted: true, branch: null },
    reason: null,
    hasEnvironment: false,
    heldUntilMs: null,
    heldLabels: null,
    openSpans: null,
    approvalCounted: false,
    flakyCounted: 0,
    goneAtMs: null,
    confirmedAtMs: null,
    queueCounted: true,
    queueMs: 5000,
    durationMs: isCompleted ? 60_000 : null,
    completionCounted: isCompleted,
    microDollars: null,
    repeatCounted: false,
  };
}

/**
 * Counters and histograms of jobs in about the mix that many repositories have: mostly lines of histograms.
 */
async function storeSeries(store: Store, lines: number): Promise<void> {
  const linesOfHistogram = (DOMAIN.jobDuration.buckets?.length ?? 0) + 3;
  let left = lines;
  for (let number = 0; left > 0; number += 1) {
    const increments = incrementsOf(number);
    await commit(store, { increments });
    left -= 1 + linesOfHistogram * (number % 5 === 0 ? 2 : 1);
  }
}

function incrementsOf(number: number): Increment[] {
  const repository = `octo-org/repository-${Math.floor(number / 50)}`;
  const workflow = 'Continuous integration';
  const job = `build and test ${number % 50}`;
  const queue = [repository, workflow, `ubuntu-${number}`];
  return [
    countOf(DOMAIN.jobs, [repository, workflow, job, 'ubuntu-latest', 'success'], 1000 + number),
    ...[4_000, 27_000, 95_000, 410_000].flatMap((ms, index) =>
      histogramIncrements(DOMAIN.jobDuration, [repository, workflow, job, 'success'], ms + number * index),
    ),
    ...(number % 5 === 0 ? histogramIncrements(DOMAIN.jobQueue, queue, 3000 + number) : []),
  ];
}
