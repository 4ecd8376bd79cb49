import { createHash } from 'node:crypto';
import type { Attempt, Job, Run } from '../../simulator/model.ts';
import { stepsAtEnd } from '../../simulator/steps-of.ts';
import { billOf } from '../../simulator/truth-prices.ts';
import {
  approvalOf,
  executionsOf,
  lastReported,
  nameOf,
  placeOf,
  reportedEnd,
} from '../../simulator/truth-reported.ts';
import { runsOf, type World } from '../../simulator/world.ts';

/*
 * The spans of a world, as its runs, jobs and steps are told in docs/traces.md: as naive as the other truths, and made
 * of nothing that the service computes. Ids are `check-run`, the style is `semconv`, steps are those that `ran`.
 */

/** What no span may lack, and none may have besides; all of it in one line (`spanLine`). */
export interface TruthSpan {
  readonly trace: string;
  readonly span: string;
  /** Empty: a root. */
  readonly parent: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  /** What is null is left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

type Times = Pick<TruthSpan, 'startMs' | 'endMs'> & { readonly isClamped: boolean };

/** Of all that was reported by the end of the world. */
export function truthSpansOf(world: World): TruthSpan[] {
  const spans: TruthSpan[] = [];
  for (const run of runsOf(world))
    for (const attempt of run.attempts) {
      spans.push(...rootOf(run, attempt, world.endMs));
      for (const job of executionsOf(attempt))
        if (lastReported(job, world.endMs)?.status === 'completed')
          spans.push(...jobSpans(run, attempt, job, world));
    }
  return spans;
}

/** The ids of jobs that a re-run reports again: what they are of has its span in an earlier attempt. */
export function copiesIn(world: World): Set<string> {
  const ids = new Set<string>();
  for (const run of runsOf(world))
    for (const job of run.attempts.flatMap(({ jobs }) => jobs))
      if (job.carriedOver) ids.add(spanId(`${job.id}-j`));
  return ids;
}

export function spanLine(span: TruthSpan): string {
  const { attributes, resource, ...rest } = span;
  return JSON.stringify([Object.entries(rest).sort(), known(attributes), known(resource)]);
}

function known(attributes: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function spanId(text: string): string {
  return sha(text).slice(16, 32);
}

function rootOf(run: Run, attempt: Attempt, endMs: number): TruthSpan[] {
  const end = reportedEnd(attempt, endMs);
  // A run that waits for somebody's permission is reported as completed before it begins.
  if (end === undefined || attempt.conclusion === 'action_required') return [];
  const times = timesOf(attempt.startedMs, end.atMs);
  const { workflow } = placeOf(run);
  const { uses } = run.workflow.plan;
  return [
    {
      ...common(run, attempt, times),
      span: spanId(`${run.id}${attempt.number}s`),
      parent: '',
      name: `RUN ${workflow}`,
      isError: isError(attempt.conclusion),
      attributes: {
        'cicd.pipeline.action.name': 'RUN',
        'cicd.pipeline.result': resultOf(attempt.conclusion),
        'error.type': isError(attempt.conclusion) ? attempt.conclusion : null,
        'github.run.number': run.number,
        'github.run.event': run.event,
        'github.workflow.path': run.workflow.path,
        'github.referenced_workflows':
          uses === undefined ? [] : [`${run.repository.owner.login}/shared-workflows/${uses}`],
        'vcs.ref.type': refTypeOf(run),
        'vcs.change.id':
          run.pullRequest === null || run.headRepository !== run.repository ? null : String(run.pullRequest),
        ...clamped(times),
      },
    },
  ];
}

function jobSpans(run: Run, attempt: Attempt, job: Job, world: World): TruthSpan[] {
  const releasedMs = approvalOf(job, world.endMs);
  const own = jobSpan(run, attempt, job);
  const child = (
    name: string,
    id: string,
    times: Times,
    attributes: TruthSpan['attributes'],
    error = false,
  ) => ({
    ...common(run, attempt, times),
    ...{ span: spanId(`${job.id}-${id}`), parent: own.span, name, isError: error },
    attributes: { ...attributes, ...clamped(times) },
  });
  const wait = (kind: 'approval' | 'queue', id: string, times: Times) =>
    child(kind, id, times, { [`github.job.${kind}_seconds`]: (times.endMs - times.startMs) / 1000 });
  return [
    own,
    ...(releasedMs === null ? [] : [wait('approval', 'w', timesOf(job.createdMs, releasedMs))]),
    ...(job.kind === 'ran' ? [wait('queue', 'q', timesOf(releasedMs ?? job.createdMs, job.startedMs))] : []),
    ...stepsRun(job).map(({ step, times }, at, all) =>
      child(
        step.name,
        // The first of a name has the id that others compute as well.
        all.findIndex((other) => other.step.name === step.name) === at
          ? `${step.name}-s`
          : `${step.name}\0${step.number}-s`,
        times,
        {
          ...task(step.name, `${job.id}/${step.number}`, `${jobUrl(run, job)}#step:${step.number}:1`),
          'cicd.pipeline.task.run.result': step.conclusion === null ? null : resultOf(step.conclusion),
          'error.type': step.conclusion === 'failure' ? 'failure' : null,
          'github.step.number': step.number,
        },
        step.conclusion === 'failure',
      ),
    ),
  ];
}

function jobSpan(run: Run, attempt: Attempt, job: Job): TruthSpan {
  const times = timesOf(job.createdMs, job.completedMs);
  const isGated = job.plan?.environment !== undefined;
  const hasRun = job.kind === 'ran';
  // Whether it was rejected or could not be started is not certain when it ends.
  const cause = job.failure === null || (isGated && !hasRun) ? null : job.failure;
  const result = causeResult(cause) ?? resultOf(job.conclusion);
  const errorType = ['failure', 'error', 'timeout'].includes(result) ? (cause ?? job.conclusion) : null;
  const bill = hasRun ? billOf(run, job) : null;
  const failed = hasRun ? stepsAtEnd(job).find(({ conclusion }) => conclusion === 'failure') : undefined;
  const runner = hasRun ? job.runner : null;
  return {
    ...common(run, attempt, times),
    span: spanId(`${job.id}-j`),
    parent: spanId(`${run.id}${attempt.number}s`),
    name: job.name,
    isError: errorType !== null,
    attributes: {
      ...task(job.name, String(job.id), jobUrl(run, job)),
      'cicd.pipeline.task.run.result': result,
      'error.type': errorType,
      'cicd.worker.id': runner === null ? null : String(runner.id),
      'cicd.worker.name': runner?.name ?? null,
      'github.runner.group': runner?.groupName ?? null,
      'github.job.labels': job.labels,
      'github.job.group': nameOf(job),
      'github.job.queue_seconds':
        hasRun && !isGated ? Math.max(0, job.startedMs - job.createdMs) / 1000 : null,
      'github.job.failure_cause': cause,
      'github.job.failed_step': failed?.name ?? null,
      'github.job.sku': bill?.sku ?? null,
      'github.job.billed_seconds': bill === null || bill.sku === null ? null : 60 * bill.minutes,
      ...clamped(times),
    },
  };
}

function stepsRun(job: Job) {
  if (job.kind !== 'ran') return [];
  return stepsAtEnd(job).flatMap((step) => {
    if (step.started_at === null || step.conclusion === 'skipped') return [];
    const startMs = Date.parse(step.started_at);
    const endMs =
      step.completed_at === null ? Math.max(startMs, job.completedMs) : Date.parse(step.completed_at);
    return [{ step, times: timesOf(startMs, endMs) }];
  });
}

function common(run: Run, attempt: Attempt, { startMs, endMs }: Times) {
  const { repository, workflow } = placeOf(run);
  const [owner = '', name = ''] = repository.split('/');
  const url = `https://github.com/${repository}`;
  return {
    trace: sha(`${run.id}${attempt.number}t`).slice(0, 32),
    startMs,
    endMs,
    resource: {
      'service.name': name.toLowerCase().replaceAll('_', '-'),
      'service.namespace': owner,
      'vcs.provider.name': 'github',
      'vcs.owner.name': owner,
      'vcs.repository.name': name,
      'vcs.repository.url.full': url,
      'vcs.ref.head.name': run.headBranch,
      'vcs.ref.head.revision': run.headSha,
      'cicd.pipeline.name': workflow,
      'cicd.pipeline.run.id': String(run.id),
      'cicd.pipeline.run.url.full': `${url}/actions/runs/${run.id}/attempts/${attempt.number}`,
      'github.run.attempt': attempt.number,
    },
  };
}

function timesOf(startMs: number, endMs: number): Times {
  return { startMs, endMs: Math.max(startMs, endMs), isClamped: endMs < startMs };
}

function clamped({ isClamped }: Times) {
  return { 'ant_watcher.clamped': isClamped ? true : null };
}

function task(name: string, id: string, url: string) {
  return {
    'cicd.pipeline.task.name': name,
    'cicd.pipeline.task.run.id': id,
    'cicd.pipeline.task.run.url.full': url,
  };
}

function jobUrl(run: Run, job: Job): string {
  return `https://github.com/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`;
}

const RESULTS: Readonly<Record<string, string>> = {
  cancelled: 'cancellation',
  skipped: 'skip',
  timed_out: 'timeout',
  startup_failure: 'error',
};

function resultOf(conclusion: string): string {
  return RESULTS[conclusion] ?? conclusion;
}

function causeResult(cause: Job['failure']): string | null {
  if (cause === 'runner_lost') return 'error';
  return cause === 'timeout' ? 'timeout' : null;
}

function isError(conclusion: string): boolean {
  return ['failure', 'error', 'timeout'].includes(resultOf(conclusion));
}

function refTypeOf({ event, headBranch, repository }: Run): string | null {
  if (event === 'release' || headBranch?.startsWith('refs/tags/')) return 'tag';
  const isBranch = event.startsWith('pull_request') || event === 'merge_group' || event === 'schedule';
  return isBranch || headBranch === repository.defaultBranch ? 'branch' : null;
}
