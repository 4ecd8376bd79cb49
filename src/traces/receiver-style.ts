import type { JobEntry, TraceEntry, TraceOrigin } from '../domain/trace-entry.ts';
import { STATUS_CODE } from '../otlp/trace-data.ts';
import { resultOf } from './result.ts';
import { jobUrl, resourceWords, runUrl, type WordOptions, type Words } from './semconv.ts';
import type { SpanStyle } from './style.ts';

/*
 * What the Collector's githubreceiver makes, for who has queries for its names: `model.go` and
 * `trace_event_handling.go` in receiver/githubreceiver of open-telemetry/opentelemetry-collector-contrib. Its names are
 * added to those of the conventions, except where both give one name another value. docs/traces.md says in what it is
 * not copied.
 */

const NANOS_PER_MS = 1e6;

export const GITHUB_RECEIVER: SpanStyle = {
  resource: (entry, options) => {
    const words = [...resourceWords(entry.origin, options), ...receiverWords(entry, options)];
    return [...new Map(words)];
  },
  runName: ({ origin }) => origin.workflow,
  queueName: ({ name }) => `queue-${name}`,
  queueWords: ({ startMs, endMs }) => [
    ['cicd.pipeline.run.queue.duration', { double: (endMs - startMs) * NANOS_PER_MS }],
  ],
  stepWords: ({ conclusion }) => [['cicd.pipeline.run.task.status', resultWord(conclusion)]],
  status(conclusion) {
    const code = { success: STATUS_CODE.ok, failure: STATUS_CODE.error }[conclusion ?? ''];
    return { code: code ?? STATUS_CODE.unset, message: conclusion ?? '' };
  },
  linksToRoot: false,
};

function receiverWords(entry: TraceEntry, options: WordOptions): Words {
  const { origin } = entry;
  const shared: Words = [
    ['vcs.vendor.name', 'github'],
    ['vcs.ref.head', origin.headBranch],
    ['vcs.ref.head.type', 'branch'],
    ['cicd.pipeline.run.id', origin.runId],
    ['cicd.pipeline.run.url.full', runUrl(origin, options)],
  ];
  if (entry.kind === 'wait') return shared;
  if (entry.kind === 'job') return [...shared, ...workerWords(entry, options)];
  const { conclusion, actor, author } = entry;
  return [
    ...shared,
    ['cicd.pipeline.run.status', resultWord(conclusion)],
    ['cicd.pipeline.run.previous_attempt.url.full', previousUrl(origin, options)],
    ['cicd.pipeline.run.sender.login', options.people ? actor : null],
    ['vcs.ref.head.revision.author.name', options.people ? author : null],
  ];
}

function workerWords(job: JobEntry, options: WordOptions): Words {
  return [
    ['cicd.pipeline.worker.id', job.runnerId ?? 0],
    ['cicd.pipeline.worker.group.id', job.runnerGroupId ?? 0],
    ['cicd.pipeline.worker.name', job.runnerName ?? ''],
    ['cicd.pipeline.worker.group.name', job.runnerGroup ?? ''],
    ['cicd.pipeline.worker.labels', job.runsOn.map((label) => label.toLowerCase())],
    ['cicd.pipeline.task.run.url.full', jobUrl(job, options)],
    ['cicd.pipeline.task.run.id', job.jobId],
    ['cicd.pipeline.run.task.status', resultWord(job.conclusion)],
  ];
}

function previousUrl(origin: TraceOrigin, options: WordOptions): string | null {
  return origin.runAttempt > 1 ? `${runUrl(origin, options)}/attempts/${origin.runAttempt - 1}` : null;
}

/** The receiver knows three words of the conventions, and else GitHub's own. */
function resultWord(conclusion: string | null): string | null {
  return ['skipped', 'cancelled'].includes(conclusion ?? '') ? resultOf(conclusion).result : conclusion;
}
