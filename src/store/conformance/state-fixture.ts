import type { JobState, RunState } from '../../domain/lifecycle/state.ts';
import { NOW } from './store-case.ts';

export function job(over: Partial<JobState> = {}): JobState {
  return {
    jobId: 100_520_616_165,
    runId: 2 ** 40,
    runAttempt: 1,
    repository: 'o/r',
    workflow: 'CI "quoted" \u{1F41C}',
    name: 'build',
    status: 'queued',
    conclusion: null,
    hasStarted: false,
    createdAtMs: NOW - 1000,
    startedAtMs: null,
    completedAtMs: null,
    runsOn: ['a', 'b'],
    runnerId: null,
    runnerName: null,
    runnerGroup: null,
    headBranch: 'main',
    headSha: 'abc',
    firstSeenAtMs: NOW - 1000,
    statusAtMs: NOW - 1000,
    waitedAtMs: null,
    queuedAtMs: NOW - 1000,
    releasedAtMs: NOW - 1000,
    hasEnvironment: true,
    heldUntilMs: null,
    approvalCounted: false,
    flakyCounted: 2,
    goneAtMs: null,
    queueCounted: false,
    completionCounted: true,
    ...over,
  };
}

export function run(over: Partial<RunState> = {}): RunState {
  return {
    runId: 2 ** 40,
    runAttempt: 1,
    runNumber: 7,
    repository: 'o/r',
    workflow: 'CI',
    status: 'in_progress',
    conclusion: null,
    event: 'push',
    branch: 'default',
    headBranch: null,
    headSha: null,
    createdAtMs: NOW - 2000,
    runStartedAtMs: NOW - 2000,
    updatedAtMs: NOW,
    firstSeenAtMs: NOW,
    statusAtMs: NOW,
    completionCounted: false,
    heldCounted: true,
    goneAtMs: null,
    ...over,
  };
}
