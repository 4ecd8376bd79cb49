import { deploymentLastEventMs, reviewLastEventMs } from '../domain/forgetting.ts';
import type { DeploymentState, ReviewState } from '../domain/lifecycle/state.ts';
import type { StateShape } from './state-shape.ts';

export const DEPLOYMENT: StateShape<DeploymentState> = {
  table: 'deployments',
  key: ['deploymentId'],
  texts: ['repository', 'workflow', 'environment', 'environmentName', 'ref', 'headSha', 'status'],
  json: [],
  flags: [],
  fields: [
    'deploymentId',
    'repository',
    'workflow',
    'environment',
    'environmentName',
    'ref',
    'headSha',
    'runId',
    'runAttempt',
    'runStartedAtMs',
    'jobId',
    'createdAtMs',
    'status',
    'statusId',
    'statusAtMs',
    'successAtMs',
    'failureAtMs',
    'errorAtMs',
    'inactiveAtMs',
    'heardAtMs',
  ],
  derived: {
    madeAtMs: ({ createdAtMs, statusAtMs }) => createdAtMs ?? statusAtMs,
    lastEventMs: deploymentLastEventMs,
  },
};

export const REVIEW: StateShape<ReviewState> = {
  table: 'deployment_reviews',
  key: ['jobId'],
  texts: ['name', 'repository', 'environment', 'environmentName', 'status'],
  json: [],
  flags: [],
  fields: [
    'jobId',
    'name',
    'repository',
    'environment',
    'environmentName',
    'runId',
    'runAttempt',
    'createdAtMs',
    'status',
    'statusAtMs',
    'approvedAtMs',
    'rejectedAtMs',
    'heardAtMs',
  ],
  derived: { lastEventMs: reviewLastEventMs },
};
