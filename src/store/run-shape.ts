import { isRunOpen, runLastEventMs } from '../domain/forgetting.ts';
import { isGone } from '../domain/lifecycle/gone.ts';
import { runBeganAtMs, runStaleAfterMs } from '../domain/lifecycle/stale.ts';
import type { RunState } from '../domain/lifecycle/state.ts';
import type { StateShape } from './state-shape.ts';

export const RUN: StateShape<RunState> = {
  table: 'runs',
  key: ['runId', 'runAttempt'],
  texts: [
    'repository',
    'workflow',
    'workflowFile',
    'status',
    'conclusion',
    'event',
    'branch',
    'headBranch',
    'headSha',
    'rerunKind',
  ],
  json: [],
  flags: ['completionCounted', 'heldCounted'],
  fields: [
    'runId',
    'runAttempt',
    'runNumber',
    'repositoryId',
    'repository',
    'workflow',
    'workflowFile',
    'status',
    'conclusion',
    'event',
    'branch',
    'headBranch',
    'headSha',
    'createdAtMs',
    'runStartedAtMs',
    'updatedAtMs',
    'firstSeenAtMs',
    'statusAtMs',
    'completionCounted',
    'heldCounted',
    'goneAtMs',
    'confirmedAtMs',
    'settlesAtMs',
    'queueMs',
    'rerunKind',
  ],
  derived: {
    beganAtMs: runBeganAtMs,
    staleAfterMs: runStaleAfterMs,
    isGone: (run) => Number(isGone(run)),
    lastEventMs: runLastEventMs,
    isOpen: (run) => Number(isRunOpen(run)),
  },
};
