/*
 * What one webhook says, taken literally: the first half of the reference model.
 */

export interface Json {
  readonly [key: string]: unknown;
}

/** One webhook about a job. */
export interface JobReport {
  readonly heardMs: number;
  readonly id: number;
  readonly run: number;
  readonly attempt: number;
  readonly repository: string;
  readonly isPrivate: boolean;
  readonly workflow: string;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string;
  readonly createdMs: number | null;
  readonly startedMs: number | null;
  readonly completedMs: number | null;
  readonly labels: readonly string[];
  readonly runnerId: number | null;
  readonly runnerName: string | null;
  readonly runnerGroup: string | null;
  readonly steps: readonly {
    readonly name: string;
    readonly number: number;
    readonly conclusion: string | null;
  }[];
  readonly hasDeployment: boolean;
  readonly deployedMs: number | null;
}

export interface RunReport {
  readonly heardMs: number;
  readonly run: number;
  readonly attempt: number;
  readonly repositoryId: number | null;
  readonly repository: string;
  readonly workflow: string;
  readonly file: string | null;
  readonly event: string;
  readonly branch: string;
  readonly status: string;
  readonly conclusion: string;
  readonly createdMs: number | null;
  readonly startedMs: number | null;
  readonly updatedMs: number | null;
}

export function jobReport(guid: string, payload: Json): JobReport {
  const job = payload['workflow_job'] as Json;
  const deployment = (payload['deployment'] ?? {}) as Json;
  return {
    heardMs: heardMs(guid),
    id: Number(job['id']),
    run: Number(job['run_id']),
    attempt: Number(job['run_attempt'] ?? 1),
    repository: repositoryOf(payload),
    isPrivate: Boolean((payload['repository'] as Json)['private']),
    workflow: workflowOfJob(text(job['workflow_name']), String(job['name'])),
    name: text(job['name']) ?? 'unknown',
    status: statusOf(payload, job),
    conclusion: text(job['conclusion']) ?? 'unknown',
    createdMs: timeMs(job['created_at']),
    startedMs: timeMs(job['started_at']),
    completedMs: timeMs(job['completed_at']),
    labels: (job['labels'] ?? []) as string[],
    runnerId: (job['runner_id'] ?? null) as number | null,
    runnerName: text(job['runner_name']),
    runnerGroup: text(job['runner_group_name']),
    steps: (job['steps'] ?? []) as JobReport['steps'],
    hasDeployment: payload['deployment'] !== undefined,
    deployedMs: timeMs(deployment['updated_at']),
  };
}

/** The class of a branch, with where it merges into if that is asked for and known. */
function branchOf(event: string, run: Json, repository: Json, hasBases: boolean): string {
  const head = String(run['head_branch']);
  const classOf = (branch: string | undefined) =>
    branch === repository['default_branch'] ? 'default' : 'other';
  const into = (name: string, bases: readonly (string | undefined)[]) =>
    hasBases && bases.length === 1 && bases[0] !== undefined ? `${name}:${classOf(bases[0])}` : name;
  if (event.startsWith('pull_request')) {
    const pulls = (run['pull_requests'] ?? []) as { base: { ref: string; repo: { id: unknown } } }[];
    const here = pulls.filter(({ base }) => base.repo.id === repository['id']);
    return into('pull_request', [...new Set(here.map(({ base }) => base.ref))]);
  }
  if (event === 'merge_group' || head.startsWith('gh-readonly-queue/'))
    return into('merge_queue', [/^gh-readonly-queue\/(.*)\/pr-/.exec(head)?.[1]]);
  return classOf(head);
}

export function runReport(guid: string, payload: Json, hasBases: boolean): RunReport {
  const run = payload['workflow_run'] as Json;
  const workflow = (payload['workflow'] ?? {}) as Json;
  const event = text(run['event']) ?? 'unknown';
  const file = (text(run['path']) ?? text(workflow['path']))?.split('@')[0] ?? null;
  return {
    heardMs: heardMs(guid),
    run: Number(run['id']),
    attempt: Number(run['run_attempt'] ?? 1),
    repositoryId: ((payload['repository'] as Json)['id'] ?? null) as number | null,
    repository: repositoryOf(payload),
    workflow: workflowOfRun(file, text(workflow['name']), text(run['name'])),
    file,
    event,
    branch: branchOf(event, run, payload['repository'] as Json, hasBases),
    status: statusOf(payload, run),
    conclusion: text(run['conclusion']) ?? 'unknown',
    createdMs: timeMs(run['created_at']),
    startedMs: timeMs(run['run_started_at']),
    updatedMs: timeMs(run['updated_at']),
  };
}

/** GitHub's own workflows: their paths, names and runs. */
const OWN: readonly (readonly [start: string, name: string, title: RegExp, job?: RegExp])[] = [
  ['dynamic/pages/', 'pages-build-deployment', /^pages build and deployment$/],
  ['dynamic/dependabot/dependabot-updates', 'Dependabot Updates', / in .* - Update #/],
  ['dynamic/dependabot/update-graph', 'Dependency Graph', /^Graph Update: /],
  ['dynamic/github-code-scanning/codeql', 'CodeQL', /^Push on |^PR #/, /^Analyze/],
  [
    'dynamic/copilot-swe-agent/',
    'Copilot cloud agent',
    /^Running Copilot cloud agent$|^Addressing comment on PR/,
  ],
];

function workflowOfJob(title: string | null, job: string): string {
  const own = OWN.find(([, , form, ofJob]) => form.test(title ?? '') && (ofJob?.test(job) ?? true));
  return own?.[1] ?? title ?? 'unknown';
}

export function workflowOfRun(file: string | null, workflow: string | null, run: string | null): string {
  const own = OWN.find(([start]) => file?.startsWith(start));
  return own?.[1] ?? workflow ?? run ?? file ?? 'unknown';
}

export function repositoryOf(payload: Json): string {
  return text((payload['repository'] as Json)['full_name']) ?? 'unknown';
}

/** `requested` and `queued` are sent for what may be further by then; the other actions are literal. */
export function statusOf(payload: Json, object: Json): string {
  const action = String(payload['action']);
  return action === 'requested' || action === 'queued' ? (text(object['status']) ?? action) : action;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function timeMs(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}

/** When GitHub made the webhook: its id is a UUID of version 1, which counts 100 ns since 15 October 1582. */
export function heardMs(guid: string): number {
  const [low, middle, high = ''] = guid.split('-');
  const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`);
  return Number(ticks / 10_000n) + Date.UTC(1582, 9, 15);
}
