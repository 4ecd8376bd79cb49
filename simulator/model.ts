/*
 * What happened in the simulated world, whoever hears about it: webhooks and REST answers are both derived
 * from these shapes. Times named `…Ms` are milliseconds since the epoch as GitHub reports them: whole
 * seconds, with GitHub's own small errors already in them.
 */

export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Organization' | 'Bot';
}

/**
 * As GitHub has them: a text or selection, several of a selection, `true` or `false` as text, and null where an
 * organization has a property that is not set.
 */
export type CustomProperties = Readonly<Record<string, string | readonly string[] | null>>;

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly fullName: string;
  readonly private: boolean;
  readonly fork: boolean;
  readonly defaultBranch: string;
  readonly description: string;
  readonly language: string;
  readonly workflows: readonly Workflow[];
  /** Only organizations have them. */
  readonly properties: CustomProperties;
  /** How busy it is, relative to the others. */
  readonly weight: number;
}

export interface Workflow {
  readonly id: number;
  /** Null where the YAML has no name: GitHub then shows the path. */
  readonly name: string | null;
  readonly path: string;
  readonly plan: WorkflowPlan;
  readonly weight: number;
}

/** What the YAML of a workflow says. */
export interface WorkflowPlan {
  readonly name: string | null;
  /** The file's name under `.github/workflows/`, or the path of one of GitHub's own workflows. */
  readonly file: string;
  /**
   * Runs of GitHub's own workflows have titles in place of the workflow's name, and their jobs repeat them.
   */
  readonly title?: (runNumber: number) => string;
  readonly weight: number;
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly JobPlan[];
  /** The reusable workflow that it calls. */
  readonly uses?: string;
  /** The name of the check run that a test reporter creates with the job's token. */
  readonly reports?: string;
}

export interface Trigger {
  readonly event: string;
  readonly weight: number;
  readonly branch: 'default' | 'topic' | 'none';
}

export interface JobPlan {
  readonly name: string;
  /** `{run_id}` is the id of the run. */
  readonly labels: readonly string[];
  /** Matrix cells by the text GitHub puts in parentheses, with their own labels if they have any. */
  readonly matrix?: readonly { readonly cell: string; readonly labels?: readonly string[] }[];
  readonly needs?: readonly string[];
  /** Deploys to it, after an approval. */
  readonly environment?: string;
  /** Runs only when the run has this trigger; otherwise it is skipped. */
  readonly onlyOn?: readonly string[];
  /** Runs whatever the result of the jobs it needs. */
  readonly always?: boolean;
  readonly steps: readonly string[];
  readonly medianSeconds: number;
  /** The share of executions that fail. */
  readonly failures: number;
  /** The share of executions that fail for no reason, and pass when they are run again; default: none. */
  readonly flakes?: number;
  /** How many times as long as the others some steps take. */
  readonly slowSteps?: Readonly<Record<string, number>>;
}

export interface Runner {
  readonly id: number;
  readonly name: string;
  readonly groupId: number;
  readonly groupName: string;
}

/** A self-hosted runner that stays. */
export interface Machine {
  readonly id: number;
  readonly name: string;
  readonly labels: readonly string[];
  /** Offline when it has nothing to do. */
  readonly isOffAtRest: boolean;
}

/** A group of self-hosted runners; without machines, each of its runners executes one job only. */
export interface RunnerGroup {
  readonly id: number;
  readonly name: string;
  readonly machines: readonly Machine[];
}

export type JobConclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out';

/** Why a job failed. */
export type JobFailure = 'step' | 'timeout' | 'runner_lost' | 'startup' | 'rejected';

/**
 * `check_run`: not a job at all, but GitHub sends a `workflow_job` event for it (a check run of another
 * tool).
 */
export type JobKind = 'ran' | 'not_started' | 'skipped' | 'check_run';

/** A change of a job that GitHub reports. */
export interface JobMoment {
  readonly action: 'queued' | 'waiting' | 'in_progress' | 'completed';
  readonly status: 'queued' | 'waiting' | 'in_progress' | 'completed';
  readonly atMs: number;
}

export interface Job {
  readonly id: number;
  readonly name: string;
  /** Where it came from; null for check runs. */
  readonly plan: JobPlan | null;
  readonly kind: JobKind;
  readonly labels: readonly string[];
  readonly runner: Runner | null;
  readonly createdMs: number;
  /** The start on the runner; for jobs that never started, the nonsense that GitHub reports. */
  readonly startedMs: number;
  readonly completedMs: number;
  readonly conclusion: JobConclusion;
  /** Null when it did not fail. GitHub does not report it. */
  readonly failure: JobFailure | null;
  /** The step of its plan that failed; without it, any. */
  readonly brokenStep?: string;
  /** Not executed in this attempt: GitHub reports an earlier attempt's execution again, under a new id. */
  readonly carriedOver: boolean;
  /** In the order of time. */
  readonly moments: readonly JobMoment[];
}

export type RunConclusion =
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'skipped'
  | 'startup_failure'
  | 'action_required';

/** A change of a run attempt that GitHub reports; `atMs` is its `updated_at`. */
export interface RunMoment {
  readonly action: 'requested' | 'in_progress' | 'completed';
  readonly status: 'queued' | 'pending' | 'in_progress' | 'completed';
  readonly atMs: number;
}

export interface Attempt {
  readonly number: number;
  /** `run_started_at`. */
  readonly startedMs: number;
  readonly triggeringActor: Account;
  readonly conclusion: RunConclusion;
  readonly jobs: readonly Job[];
  readonly moments: readonly RunMoment[];
}

export interface Run {
  /** Its place in the world, from 0. */
  readonly index: number;
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  /** Where the commit is: the repository itself, or the fork that a pull request came from. */
  readonly headRepository: Repository;
  readonly workflow: Workflow;
  readonly event: string;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly title: string;
  readonly actor: Account;
  readonly pullRequest: number | null;
  readonly createdMs: number;
  /** The time of the last thing that happens in it. */
  readonly endMs: number;
  readonly attempts: readonly Attempt[];
}
