import type { Job } from './model.ts';
import { createRandom, type Random } from './random.ts';

/** As GitHub reports it in a job. */
export interface StepReport {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly number: number;
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

/** The steps as reported when the job begins: the first one runs, the others wait. */
export function stepsAtStart(job: Job): StepReport[] {
  const startedAt = withMilliseconds(firstStepMs(job, chanceOf(job)));
  return namedSteps(job).map(({ name, number }) =>
    number === 1
      ? { name, status: 'in_progress', conclusion: null, number, started_at: startedAt, completed_at: null }
      : { name, status: 'queued', conclusion: null, number, started_at: null, completed_at: null },
  );
}

/** The steps as reported when the job is completed. */
export function stepsAtEnd(job: Job): StepReport[] {
  if (job.failure === 'runner_lost') return stepsLeftBehind(job);
  return stepsRun(job, job.conclusion !== 'success');
}

/** A lost runner is not heard of again: its steps stay as they were, if it reported any. */
function stepsLeftBehind(job: Job): StepReport[] {
  switch (chanceOf(job, 'lost').int(0, 3)) {
    case 0:
      return [];
    case 1:
      return stepsRun(job, false);
    case 2:
      return stepsRun(job, true);
    default:
      return stepsRun(job, true).map(unended);
  }
}

function unended(step: StepReport): StepReport {
  if (step.conclusion === 'success' && !step.name.startsWith('Post') && step.name !== 'Complete job')
    return step;
  const isBroken = step.conclusion === 'cancelled';
  return {
    ...step,
    status: isBroken ? 'in_progress' : 'queued',
    conclusion: null,
    started_at: isBroken ? step.started_at : null,
    completed_at: null,
  };
}

/** Contiguous whole seconds that fill the time of the job; with `isBroken` one step failed. */
function stepsRun(job: Job, isBroken: boolean): StepReport[] {
  const random = chanceOf(job);
  let atMs = firstStepMs(job, random);
  const endMs = Math.max(atMs, job.completedMs);
  const steps = namedSteps(job);
  const mains = steps.filter((step) => step.kind === 'main');
  const drawn = isBroken ? mains[random.int(0, mains.length - 1)] : undefined;
  const broken = drawn && (mains[(job.plan?.steps ?? []).indexOf(job.brokenStep ?? '')] ?? drawn);
  const weights = mains.map((_, place) => (random.next() + 0.05) * slownessOf(job, place));
  const total = weights.reduce((sum, each) => sum + each, 0);
  const spanMs = endMs - atMs;
  return steps.map(({ name, number, kind }) => {
    const conclusion = kind === 'main' && broken ? conclusionBeside(job, number - broken.number) : 'success';
    const startedMs = atMs;
    const share = (weights[number - 2] ?? 0) / total;
    if (kind === 'main' && conclusion !== 'skipped') atMs = wholeSecond(atMs + share * spanMs);
    if (broken?.number === number || number === mains.length + 1) atMs = endMs;
    const [started_at, completed_at] = [withMilliseconds(startedMs), withMilliseconds(atMs)];
    return { name, status: 'completed', conclusion, number, started_at, completed_at };
  });
}

function slownessOf({ plan }: Job, place: number): number {
  return plan?.slowSteps?.[plan.steps[place] ?? ''] ?? 1;
}

function conclusionBeside(job: Job, distance: number): string {
  if (distance < 0) return 'success';
  if (distance > 0) return 'skipped';
  return job.failure === 'step' ? 'failure' : 'cancelled';
}

interface NamedStep {
  readonly name: string;
  readonly number: number;
  readonly kind: 'setup' | 'main' | 'post';
}

/** Numbered as GitHub does: with a gap before the steps that clean up. */
function namedSteps(job: Job): NamedStep[] {
  const planned = job.plan?.steps ?? [];
  const actions = planned.filter((step) => step.includes('@')).reverse();
  const mains = planned.map((step, i): NamedStep => ({ name: titleOf(step), number: i + 2, kind: 'main' }));
  const last = 2 * (planned.length + 1) + 1;
  const posts = actions.map(
    (step, i): NamedStep => ({ name: `Post Run ${step}`, number: last - actions.length + i, kind: 'post' }),
  );
  return [
    { name: 'Set up job', number: 1, kind: 'setup' },
    ...mains,
    ...posts,
    { name: 'Complete job', number: last, kind: 'post' },
  ];
}

/** A step without a name of its own is called by what it runs. */
function titleOf(step: string): string {
  return /^\p{Lu}/u.test(step) ? step : `Run ${step}`;
}

/** The same draws for every report of one execution, also when it is carried over. */
function chanceOf(job: Job, purpose = ''): Random {
  return createRandom(`${job.startedMs}/${job.name}/${job.runner?.name}${purpose}`);
}

/** The first step often starts a second before its job. */
function firstStepMs(job: Job, random: Random): number {
  return random.chance(0.6) ? job.startedMs - 1000 : job.startedMs;
}

/** Steps have whole seconds too, but spelled with milliseconds. */
function withMilliseconds(ms: number): string {
  return new Date(ms).toISOString();
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
