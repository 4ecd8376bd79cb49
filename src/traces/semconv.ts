import type {
  JobEntry,
  RunEntry,
  TracedJob,
  TracedStep,
  TraceOrigin,
  TraceTimes,
} from '../domain/trace-entry.ts';
import type { Attributes, AttributeValue } from '../otlp/attributes.ts';
import { type Result, resultOf } from './result.ts';

/*
 * Attributes by OpenTelemetry's conventions for CI/CD and for version control, v1.44:
 * https://opentelemetry.io/docs/specs/semconv/cicd/. What they have no name for begins with `github.`, as GitHub's own
 * do. docs/traces.md lists all of them.
 */

export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.44.0';

/** Where GitHub's pages are, and what of people is sent. */
export interface WordOptions {
  readonly webUrl: string;
  readonly people: boolean;
  readonly serviceName: string;
}

/** At this template, which is the default, what a repository says of itself comes first. */
const OF_REPOSITORY = '{repository}';

/** Names and values; what is null, or an empty list, is left out. */
export type Words = readonly (readonly [name: string, value: AttributeValue | null])[];

export function attributesOf(words: Words): Attributes {
  return words.filter(
    (word): word is readonly [string, AttributeValue] =>
      word[1] !== null && !(Array.isArray(word[1]) && word[1].length === 0),
  );
}

/** What all spans of an attempt share: no more than the payloads of runs and of jobs both say. */
export function resourceWords(origin: TraceOrigin, options: WordOptions): Words {
  const { repository, workflow, runId, runAttempt, headBranch, headSha } = origin;
  const [owner = '', name = repository] = repository.split('/');
  return [
    ['service.name', serviceNameOf(origin, options.serviceName)],
    ['service.namespace', owner],
    ['vcs.provider.name', 'github'],
    ['vcs.owner.name', owner],
    ['vcs.repository.name', name],
    ['vcs.repository.url.full', `${options.webUrl}/${repository}`],
    ['vcs.ref.head.name', headBranch],
    ['vcs.ref.head.revision', headSha],
    ['cicd.pipeline.name', workflow],
    ['cicd.pipeline.run.id', String(runId)],
    ['cicd.pipeline.run.url.full', `${runUrl(origin, options)}/attempts/${runAttempt}`],
    ['github.run.attempt', runAttempt],
  ];
}

function serviceNameOf({ repository, workflow, serviceName }: TraceOrigin, template: string): string {
  const [owner = '', name = repository] = repository.split('/');
  const own = template === OF_REPOSITORY ? serviceName : null;
  const words: Readonly<Record<string, string>> = { repository: name, owner, workflow };
  const filled = own ?? template.replaceAll(/\{(\w+)\}/g, (text, word: string) => words[word] ?? text);
  return filled.toLowerCase().replaceAll('_', '-');
}

export function runUrl({ repository, runId }: TraceOrigin, { webUrl }: WordOptions): string {
  return `${webUrl}/${repository}/actions/runs/${runId}`;
}

export function jobUrl({ origin, jobId }: TracedJob, options: WordOptions): string {
  return `${runUrl(origin, options)}/job/${jobId}`;
}

export function runWords(entry: RunEntry, { people }: WordOptions): Words {
  const { result, errorType } = resultOf(entry.conclusion);
  return [
    ['cicd.pipeline.result', result],
    ['error.type', errorType],
    ['cicd.pipeline.action.name', 'RUN'],
    ['github.run.number', entry.runNumber],
    ['github.run.event', entry.event],
    ['github.workflow.path', entry.workflowFile],
    ['github.referenced_workflows', entry.reusedWorkflows],
    ['vcs.ref.type', entry.refType],
    ['vcs.change.id', entry.pullRequest === null ? null : String(entry.pullRequest)],
    ['github.run.actor', people ? entry.actor : null],
    ['github.run.triggering_actor', people ? entry.triggeringActor : null],
    ['vcs.ref.head.revision.author.name', people ? entry.author : null],
    ...clampedWords(entry),
  ];
}

export function jobWords(entry: JobEntry, options: WordOptions): Words {
  const { runnerId, runnerName, queueMs } = entry;
  const hasRunner = runnerId !== null && runnerId > 0;
  return [
    ...taskWords(entry.name, String(entry.jobId), jobUrl(entry, options)),
    ...taskResultWords(resultOf(entry.conclusion, entry.failureCause)),
    ['cicd.worker.id', hasRunner ? String(runnerId) : null],
    ['cicd.worker.name', hasRunner ? runnerName : null],
    ['github.runner.group', entry.runnerGroup],
    ['github.job.labels', entry.runsOn],
    ['github.job.group', entry.group],
    ['github.job.queue_seconds', queueMs === null ? null : queueMs / 1000],
    ['github.job.failure_cause', entry.failureCause],
    ['github.job.failed_step', entry.failedStep],
    ['github.job.sku', entry.sku],
    ['github.job.billed_seconds', entry.billedSeconds],
    ...clampedWords(entry),
  ];
}

/** Of the span of a wait, whose time is also an attribute, for those who can't ask for lengths of spans. */
export function waitWords(kind: 'approval' | 'queue', times: TraceTimes): Words {
  return [[`github.job.${kind}_seconds`, (times.endMs - times.startMs) / 1000], ...clampedWords(times)];
}

export function stepWords(job: JobEntry, step: TracedStep, options: WordOptions): Words {
  const { name, number, conclusion } = step;
  return [
    ...taskWords(name, `${job.jobId}/${number}`, `${jobUrl(job, options)}#step:${number}:1`),
    ...taskResultWords(resultOf(conclusion)),
    ['github.step.number', number],
    ...clampedWords(step),
  ];
}

function taskWords(name: string, id: string, url: string): Words {
  return [
    ['cicd.pipeline.task.name', name],
    ['cicd.pipeline.task.run.id', id],
    ['cicd.pipeline.task.run.url.full', url],
  ];
}

function taskResultWords({ result, errorType }: Result): Words {
  return [
    ['cicd.pipeline.task.run.result', result],
    ['error.type', errorType],
  ];
}

function clampedWords({ isClamped }: TraceTimes): Words {
  return isClamped ? [['ant_watcher.clamped', true]] : [];
}
