import { DOMAIN, metricNamed } from '../domain/catalogue.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { jobLabel, runsOnLabel } from '../domain/label-value.ts';
import { isFailed } from '../domain/lifecycle/execution.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import type { GaugeReading } from '../domain/metric.ts';

/*
 * What labels of other exporters are made of: the words that a fact, or one of our own gauges, tells.
 */

/** Its meaning is in `WORDS`. */
export type Word = keyof typeof WORDS;
export type Words = Readonly<Partial<Record<Word, string>>>;

/** Each word, for people. */
export const WORDS = {
  owner: 'the owner of the repository',
  repo: 'the name of the repository without its owner',
  repository: '`owner/name`',
  workflow: 'as `workflow` of our metrics',
  jobName: 'as `job_name` of our metrics',
  runsOn: 'as `runs_on` of our metrics',
  runnerGroup: 'the runner group',
  runnersOwner: 'as `owner` of `github_actions_runners`',
  conclusion: "GitHub's word",
  result: "OpenTelemetry's word for the conclusion",
  failure: 'the conclusion, of runs that failed',
  cause: 'as `cause` of `github_actions_job_failures_total`',
  status: "GitHub's word",
  busy: '`true` or `false`',
} as const;

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/cicd/#cicd-pipeline-result */
const RESULTS: Readonly<Record<string, string>> = {
  cancelled: 'cancellation',
  skipped: 'skip',
  timed_out: 'timeout',
  startup_failure: 'error',
};

/** The words of a fact; empty for one that nothing here counts. */
export function wordsOf(fact: Fact, patterns: LabelPatterns): Words {
  switch (fact.kind) {
    case 'job_failed':
      return { ...jobWords(fact.job, patterns), cause: fact.cause };
    case 'run_started':
    case 'run_completed':
      return { ...placeWords(fact.run, patterns), ...endWords(fact.run.conclusion) };
    default:
      return {};
  }
}

type JobOfFact = Extract<Fact, { readonly kind: 'job_failed' }>['job'];

function jobWords(job: JobOfFact, patterns: LabelPatterns): Words {
  const [jobName = '', runsOn = ''] = foldedLabels(
    patterns,
    ['job_name', 'runs_on'],
    [jobLabel(job), runsOnLabel(job)],
  );
  return { ...placeWords(job, patterns), jobName, runsOn };
}

interface Place {
  readonly repository: string;
  readonly workflow: string;
}

function placeWords(place: Place, patterns: LabelPatterns): Words {
  const [repository = '', workflow = ''] = foldedLabels(
    patterns,
    ['repository', 'workflow'],
    [place.repository, place.workflow],
  );
  return { ...repositoryWords(repository), workflow };
}

/** What is not of the form `owner/name` is a name without an owner. */
function repositoryWords(repository: string): Words {
  const at = repository.indexOf('/');
  return { repository, owner: repository.slice(0, Math.max(0, at)), repo: repository.slice(at + 1) };
}

function endWords(conclusion: string | null): Words {
  if (conclusion === null) return {};
  return {
    conclusion,
    result: RESULTS[conclusion] ?? conclusion,
    failure: isFailed(conclusion) ? conclusion : '',
  };
}

/** The words of a reading of one of our gauges. */
export function wordsOfReading({ metric, labels }: GaugeReading, patterns: LabelPatterns): Words {
  const names = metricNamed(metric)?.labels ?? [];
  const folded = foldedLabels(patterns, names, labels);
  const of = (name: string) => folded[names.indexOf(name)];
  const repository = of('repository');
  return {
    ...(repository === undefined ? {} : repositoryWords(repository)),
    ...ofReading(metric === DOMAIN.runners.name, of),
  };
}

function ofReading(isOfRunners: boolean, of: (name: string) => string | undefined): Words {
  const all = {
    workflow: of('workflow'),
    runsOn: of('runs_on'),
    runnerGroup: of('runner_group'),
    status: of('status'),
    busy: of('busy'),
    runnersOwner: isOfRunners ? of('owner') : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
