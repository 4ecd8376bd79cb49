import { matchesBranch } from '../domain/branch-pattern.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { jobLabel, runsOnLabel } from '../domain/label-value.ts';
import { isFailed } from '../domain/lifecycle/execution.ts';
import type { Fact, QueuedJob, SeenRun } from '../domain/lifecycle/fact.ts';
import type { JobObservation, RunObservation, Step } from '../domain/observation.ts';
import { withoutIds } from '../domain/own-ids.ts';
import type { CompatOptions } from './names.ts';

/*
 * What labels of other exporters are made of: the words that a fact tells. Those of our own gauges: reading-words.ts.
 */

/** Each word, and what it says. */
export const WORDS = {
  owner: 'the owner of the repository',
  repo: 'the name of the repository without its owner',
  repository: '`owner/name`',
  workflow: 'as `workflow` of our metrics',
  jobName: 'as `job_name` of our metrics, or with the matrix (`metrics.compat_full_job_names`)',
  runsOn: 'as `runs_on` of our metrics',
  firstLabel: 'the first label that the job asked for',
  runnerGroup: 'the runner group; empty until a runner has the job',
  branch: 'the class of the branch, or its name (`metrics.compat_branches`)',
  conclusion: "GitHub's word",
  result: "OpenTelemetry's word for the conclusion",
  failure: 'the conclusion, of runs that failed',
  cause: 'as `cause` of `github_actions_job_failures_total`',
  failedStep: 'the place of the first failed step, from 0; `null` without one',
  exitCode: '`timed_out` if the first failed step timed out, else `na`',
  status: "GitHub's word",
  busy: '`true` or `false`',
  runnersOwner: 'as `owner` of `github_actions_runners`',
} as const;

export type Word = keyof typeof WORDS;
export type Words = Readonly<Partial<Record<Word, string>>>;

export type WordOptions = Pick<CompatOptions, 'branches' | 'fullJobNames'> & {
  readonly labelPatterns: LabelPatterns;
};

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/cicd/#cicd-pipeline-result */
const RESULTS: Readonly<Record<string, string>> = {
  cancelled: 'cancellation',
  skipped: 'skip',
  timed_out: 'timeout',
  startup_failure: 'error',
};

/** The words of a fact; none for one that nothing here counts. */
export function wordsOf(fact: Fact, options: WordOptions): Words {
  switch (fact.kind) {
    case 'job_queued':
      return jobWords(fact.job, options);
    case 'job_started':
      return { ...jobWords(fact.job, options), ...groupWords(fact.job, options) };
    case 'job_served':
      return {
        ...jobWords(fact.job, options),
        ...groupWords(fact.job, options),
        conclusion: fact.job.conclusion ?? UNKNOWN,
      };
    case 'job_completed':
      return {
        ...jobWords(fact.job, options),
        ...groupWords(fact.job, options),
        ...stepWords(fact.job.steps),
        conclusion: fact.job.conclusion ?? UNKNOWN,
      };
    case 'job_failed':
      return { ...jobWords(fact.job, options), cause: fact.cause };
    case 'run_seen':
      return { ...runWords(fact.run, options), status: fact.status };
    case 'run_completed':
      return { ...runWords(fact.run, options), ...endWords(fact.run.conclusion) };
    case 'run_started':
      return { ...placeWords(fact.run, options), ...endWords(fact.run.conclusion) };
    default:
      return {};
  }
}

const UNKNOWN = 'unknown';

function jobWords(job: QueuedJob, options: WordOptions): Words {
  const name = options.fullJobNames ? withoutIds(job.name, job) : jobLabel(job);
  const [jobName = '', runsOn = ''] = foldedLabels(
    options.labelPatterns,
    ['job_name', 'runs_on'],
    [name, runsOnLabel(job)],
  );
  const [firstLabel = ''] = runsOn.split(',', 1);
  return { ...placeWords(job, options), jobName, runsOn, firstLabel, branch: branchWord(job, options) };
}

function groupWords(job: JobObservation | GroupedJob, { labelPatterns }: WordOptions): Words {
  if (job.runnerGroup === null) return {};
  const [runnerGroup = ''] = foldedLabels(
    labelPatterns,
    ['runner_group'],
    [withoutIds(job.runnerGroup, job)],
  );
  return { runnerGroup };
}

type GroupedJob = Pick<JobObservation, 'runnerGroup' | 'jobId' | 'runId' | 'headSha'>;

/** As ARC has it. */
function stepWords(steps: readonly Step[]): Words {
  const isFailure = ({ conclusion }: Step) => conclusion === 'failure' || conclusion === 'timed_out';
  const at = steps.findIndex(isFailure);
  const isTimeout = steps[at]?.conclusion === 'timed_out';
  return { failedStep: at === -1 ? 'null' : String(at), exitCode: isTimeout ? 'timed_out' : 'na' };
}

function runWords(run: SeenRun, options: WordOptions): Words {
  return { ...placeWords(run, options), branch: branchWord(run, options) };
}

function placeWords(
  place: Pick<RunObservation, 'repository' | 'workflow'>,
  { labelPatterns }: WordOptions,
): Words {
  const [repository = '', workflow = ''] = foldedLabels(
    labelPatterns,
    ['repository', 'workflow'],
    [place.repository, place.workflow],
  );
  return { ...repositoryWords(repository), workflow };
}

/** What is not of the form `owner/name` is a name without an owner. */
export function repositoryWords(repository: string): Words {
  const at = repository.indexOf('/');
  return { repository, owner: repository.slice(0, Math.max(0, at)), repo: repository.slice(at + 1) };
}

/** Names of branches are arbitrary, and many. */
function branchWord(
  { branch, headBranch }: Pick<QueuedJob, 'branch' | 'headBranch'>,
  { branches }: WordOptions,
): string {
  if (branches.length === 0) return branch ?? 'other';
  const isNamed = headBranch !== null && branches.some((pattern) => matchesBranch(pattern, headBranch));
  return isNamed ? headBranch : 'other';
}

function endWords(conclusion: string | null): Words {
  if (conclusion === null) return { conclusion: UNKNOWN };
  return {
    conclusion,
    result: RESULTS[conclusion] ?? conclusion,
    failure: isFailed(conclusion) ? conclusion : '',
  };
}
