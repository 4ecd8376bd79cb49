/*
 * GitHub repeats some 6 kB of URLs in every body. What is stored until a delivery is processed is the part
 * below: GitHub's own field names and values, untouched, so that a parked delivery still shows what GitHub
 * sent. Missing fields stay missing. Every delivery passes here before it is answered, so each object is
 * written out by hand: copying by a list of names takes twice as long.
 */

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The trimmed object; anything that is not an object stays as it is. */
function trimmed(value: unknown, trim: (object: Json) => Json): unknown {
  return isObject(value) ? trim(value) : value;
}

function trimRepository(repository: Json): Json {
  return {
    id: repository['id'],
    full_name: repository['full_name'],
    default_branch: repository['default_branch'],
    private: repository['private'],
    visibility: repository['visibility'],
    custom_properties: repository['custom_properties'],
  };
}

/** The fields of a job that are used. */
export function trimJob(job: Json): Json {
  return {
    id: job['id'],
    run_id: job['run_id'],
    run_attempt: job['run_attempt'],
    workflow_name: job['workflow_name'],
    name: job['name'],
    status: job['status'],
    conclusion: job['conclusion'],
    created_at: job['created_at'],
    started_at: job['started_at'],
    completed_at: job['completed_at'],
    labels: job['labels'],
    runner_id: job['runner_id'],
    runner_name: job['runner_name'],
    runner_group_id: job['runner_group_id'],
    runner_group_name: job['runner_group_name'],
    head_branch: job['head_branch'],
    head_sha: job['head_sha'],
    html_url: job['html_url'],
    // All fields of steps are used.
    steps: job['steps'],
  };
}

/** The fields of a run that are used. */
export function trimRun(run: Json): Json {
  return {
    id: run['id'],
    run_attempt: run['run_attempt'],
    run_number: run['run_number'],
    name: run['name'],
    path: run['path'],
    workflow_id: run['workflow_id'],
    event: run['event'],
    status: run['status'],
    conclusion: run['conclusion'],
    created_at: run['created_at'],
    run_started_at: run['run_started_at'],
    updated_at: run['updated_at'],
    head_branch: run['head_branch'],
    head_sha: run['head_sha'],
    html_url: run['html_url'],
    previous_attempt_url: run['previous_attempt_url'],
    pull_requests: trimPullRequests(run['pull_requests']),
    referenced_workflows: trimReusedWorkflows(run['referenced_workflows']),
    actor: trimmed(run['actor'], trimPerson),
    triggering_actor: trimmed(run['triggering_actor'], trimPerson),
    head_commit: trimmed(run['head_commit'], trimCommit),
  };
}

/** A branch has one pull request, or a few; without any, the field is left out. */
const MAX_PULL_REQUESTS = 10;

function trimPullRequests(pullRequests: unknown): unknown {
  if (!Array.isArray(pullRequests) || pullRequests.length === 0) return undefined;
  return pullRequests
    .slice(0, MAX_PULL_REQUESTS)
    .map((each) => trimmed(each, ({ number, base }) => ({ number, base: trimmed(base, trimBase) })));
}

function trimBase({ ref, repo }: Json): Json {
  return { ref, repo: trimmed(repo, ({ id }) => ({ id })) };
}

/** A run calls a few. */
const MAX_REUSED_WORKFLOWS = 50;

function trimReusedWorkflows(workflows: unknown): unknown {
  if (!Array.isArray(workflows) || workflows.length === 0) return undefined;
  return workflows.slice(0, MAX_REUSED_WORKFLOWS).map((each) => trimmed(each, ({ path }) => ({ path })));
}

function trimPerson({ login }: Json): Json {
  return { login };
}

/** Without the address of who wrote it. */
function trimCommit({ author }: Json): Json {
  return { author: trimmed(author, ({ name }) => ({ name })) };
}

function trimWorkflow({ name, path }: Json): Json {
  return { name, path };
}

/** Of the deployment of a job. */
function trimJobDeployment({ updated_at }: Json): Json {
  return { updated_at };
}

function trimDeployment(deployment: Json): Json {
  return {
    id: deployment['id'],
    environment: deployment['environment'],
    ref: deployment['ref'],
    sha: deployment['sha'],
    created_at: deployment['created_at'],
    updated_at: deployment['updated_at'],
    transient_environment: deployment['transient_environment'],
  };
}

function trimStatus({ id, state, environment, created_at }: Json): Json {
  return { id, state, environment, created_at };
}

function trimReviewedJob({ id, name, environment, status, created_at, updated_at }: Json): Json {
  return { id, name, environment, status, created_at, updated_at };
}

function trimReview(payload: Json): Json {
  const { action, environment, since, workflow_job_runs: jobs } = payload;
  return {
    ...{ action, environment, since },
    workflow_job_run: trimmed(payload['workflow_job_run'], trimReviewedJob),
    workflow_job_runs: Array.isArray(jobs) ? jobs.map((job) => trimmed(job, trimReviewedJob)) : jobs,
  };
}

/** An event's `action`; an empty string if it has none, `other` if GitHub would not send it. */
export function actionOf(payload: unknown): string {
  const action = isObject(payload) ? payload['action'] : undefined;
  if (typeof action !== 'string') return '';
  return /^[a-z_]{0,40}$/.test(action) ? action : 'other';
}

/**
 * Some senders pass on less than the whole payload. A run contains its repository too; a job has it in a URL.
 */
function repositoryIn(payload: Json): unknown {
  if (isObject(payload['repository'])) return payload['repository'];
  const { workflow_run: run, workflow_job: job } = payload;
  if (isObject(run) && isObject(run['repository'])) return run['repository'];
  const address = [run, job].map((each) => isObject(each) && (each['run_url'] ?? each['url']));
  const [, name] = /\/repos\/([^/]+\/[^/]+)\/actions\//.exec(String(address.find((each) => each))) ?? [];
  return name === undefined ? payload['repository'] : { full_name: name };
}

/**
 * The part of a webhook payload that ant-watcher reads, as JSON text. Never throws for the result of
 * `JSON.parse`: odd values are left to the collector.
 */
export function trimPayload(event: string, payload: unknown): string {
  if (!isObject(payload)) return JSON.stringify(payload);
  const repository = trimmed(repositoryIn(payload), trimRepository);
  const { action, workflow } = payload;
  switch (event) {
    case 'workflow_job': {
      const job = trimmed(payload['workflow_job'], trimJob);
      return JSON.stringify({
        action,
        repository,
        workflow_job: job,
        deployment: trimmed(payload['deployment'], trimJobDeployment),
      });
    }
    case 'workflow_run': {
      const run = trimmed(payload['workflow_run'], trimRun);
      return JSON.stringify({
        action,
        repository,
        workflow_run: run,
        workflow: trimmed(workflow, trimWorkflow),
      });
    }
    case 'custom_property_values':
      return JSON.stringify({ action, repository, new_property_values: payload['new_property_values'] });
    case 'deployment':
    case 'deployment_status':
    case 'deployment_protection_rule':
    case 'deployment_review':
      return JSON.stringify({
        ...(event === 'deployment_review' ? trimReview(payload) : { action }),
        repository,
        deployment: trimmed(payload['deployment'], trimDeployment),
        deployment_status: trimmed(payload['deployment_status'], trimStatus),
        check_run: trimmed(payload['check_run'], ({ id }) => ({ id })),
        workflow_run: trimmed(payload['workflow_run'], trimRun),
        workflow: trimmed(workflow, trimWorkflow),
      });
    default:
      return JSON.stringify({ action, repository, workflow });
  }
}
