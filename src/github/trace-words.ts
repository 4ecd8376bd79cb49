import type { JobTraceWords, RunTraceWords } from '../domain/observation.ts';
import { integerOf, type Json, objectOf, textOf } from './fields.ts';

/** What the payload of a job says that only traces show. */
export function jobTraceWords(payload: Json, job: Json): JobTraceWords {
  return { ...sharedWords(payload, job), runnerGroupId: integerOf(job['runner_group_id']) };
}

/** What the payload of a run says that only traces show. */
export function runTraceWords(payload: Json, run: Json): RunTraceWords {
  const repositoryId = integerOf(objectOf(payload['repository'])?.['id']);
  const loginOf = (value: unknown) => textOf(objectOf(value)?.['login']);
  return {
    ...sharedWords(payload, run),
    pullRequest: onlyPullRequest(run['pull_requests'], repositoryId),
    reusedWorkflows: objectsOf(run['referenced_workflows'])
      .map(({ path }) => textOf(path))
      .filter((path) => path !== null),
    actor: loginOf(run['actor']),
    triggeringActor: loginOf(run['triggering_actor']),
    author: textOf(objectOf(objectOf(run['head_commit'])?.['author'])?.['name']),
  };
}

function sharedWords(payload: Json, { head_branch: head }: Json) {
  const repository = objectOf(payload['repository']);
  const defaultBranch = textOf(repository?.['default_branch']);
  return {
    serviceName: textOf(objectOf(repository?.['custom_properties'])?.['service_name']),
    isDefaultBranch: defaultBranch !== null && textOf(head) === defaultBranch,
  };
}

/**
 * The number of the pull request, if there is only one in this repository: GitHub also names those of other
 * repositories of the same network.
 */
function onlyPullRequest(pullRequests: unknown, repositoryId: number | null): number | null {
  const numbers = objectsOf(pullRequests).flatMap(({ number, base }) => {
    const baseId = integerOf(objectOf(objectOf(base)?.['repo'])?.['id']);
    return baseId === null || baseId === repositoryId ? [integerOf(number)] : [];
  });
  const [only = null, ...others] = numbers;
  return others.length === 0 ? only : null;
}

function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf).filter((each) => each !== null) : [];
}
