import { attemptJobs, type JobsOfAttempt } from './attempt-jobs.ts';
import { endOf } from './job-life.ts';
import { omitEnds } from './missing-ends.ts';
import type { Attempt, Job, Repository, Run, RunConclusion, RunMoment, Trigger, Workflow } from './model.ts';
import type { Population } from './population.ts';
import { createRandom, type Random } from './random.ts';

/** A run lasts no longer than this, all its attempts together. */
export const MAX_RUN_MS = 2 * 3600 * 1000;

/** Job ids of one run lie within this distance, so that runs can be generated independently of each other. */
const JOB_IDS_PER_RUN = 4096;
const FIRST_RUN_ID = 19_000_000_000;
const FIRST_JOB_ID = 100_000_000_000;
const SECOND = 1000;

/** The id of the run that a job of this id belongs to, if there is such a job. */
export function runIdOfJob(jobId: number): number {
  return FIRST_RUN_ID + Math.floor((jobId - FIRST_JOB_ID) / JOB_IDS_PER_RUN);
}

/** What the life of a run is derived from. The same birth gives the same run. */
export interface Birth {
  readonly seed: string;
  readonly population: Population;
  /** Keeps the ids of different worlds apart. */
  readonly firstId: number;
  readonly index: number;
  readonly createdMs: number;
  /** Only runs with work from beginning to end: no run without jobs, no re-runs. */
  readonly steady: boolean;
  /** The share of gates that are refused. */
  readonly refusals: number;
}

type Fate = 'normal' | 'cancelled' | 'cancelled_pending' | 'startup_failure' | 'approval_required';

const FATES: readonly { fate: Fate; weight: number }[] = [
  { fate: 'normal', weight: 88 },
  { fate: 'cancelled', weight: 6 },
  { fate: 'cancelled_pending', weight: 2 },
  { fate: 'startup_failure', weight: 1.5 },
  { fate: 'approval_required', weight: 2.5 },
];

/** The run with everything that happens to it. `createdMs` shifts it as a whole and changes nothing else. */
export function liveRun(birth: Birth): Run {
  for (let draw = 0; ; draw++) {
    const run = drawRun(birth, createRandom(`${birth.seed}/run/${birth.index}/${draw}`));
    if (run.endMs - run.createdMs <= MAX_RUN_MS) return run;
  }
}

function drawRun(birth: Birth, random: Random): Run {
  const repository = random.weighted(birth.population.repositories);
  const workflow = random.weighted(repository.workflows);
  const trigger = random.weighted(workflow.plan.triggers);
  const ofStranger = trigger.event === 'pull_request' && !repository.private && random.chance(0.2);
  const fork = ofStranger ? birth.population.forks.get(repository.fullName) : undefined;
  const fate = birth.steady ? 'normal' : drawFate(fork !== undefined, random);
  const actor = fork?.owner ?? random.pick(birth.population.people);
  const id = runIdAt(birth.firstId + birth.index);
  const attempts = liveAttempts(birth, { id, repository, workflow, trigger, fate, actor, random });
  const ends = attempts.flatMap((each) => [each.moments.at(-1)?.atMs ?? 0, ...each.jobs.map(endOf)]);
  return {
    index: birth.index,
    id,
    number: 1 + birth.index,
    repository,
    headRepository: fork ?? repository,
    workflow,
    event: trigger.event,
    headBranch: branchOf(trigger, repository, random),
    headSha: random.hex(40),
    title: random.pick(TITLES),
    actor,
    pullRequest: trigger.event.startsWith('pull_request') ? random.int(20, 4000) : null,
    createdMs: birth.createdMs,
    endMs: Math.max(...ends),
    attempts: queuedBehindOthers(birth, birth.steady ? attempts : omitEnds(attempts, random)),
  };
}

/** The id of the run at that place of all worlds. */
export function runIdAt(place: number): number {
  return FIRST_RUN_ID + place;
}

/** Returns the next id of a job of the run at that place of all worlds. */
export function jobIds(place: number, random: Random): () => number {
  let id = FIRST_JOB_ID + place * JOB_IDS_PER_RUN;
  const lastId = id + JOB_IDS_PER_RUN;
  return () => {
    id += random.int(1, 6);
    if (id >= lastId) throw new Error('A simulated run has more jobs than ids.');
    return id;
  };
}

interface Situation {
  /** Of the run. */
  readonly id: number;
  readonly repository: Repository;
  readonly workflow: Workflow;
  readonly trigger: Trigger;
  readonly fate: Fate;
  readonly actor: Run['actor'];
  readonly random: Random;
}

function liveAttempts(birth: Birth, situation: Situation): Attempt[] {
  const { fate, actor, random, workflow, trigger } = situation;
  const { createdMs } = birth;
  if (fate !== 'normal' && fate !== 'cancelled') return [attemptWithoutJobs(createdMs, situation)];
  const nextId = jobIds(birth.firstId + birth.index, random);
  const attempts: Attempt[] = [];
  let startedMs = createdMs;
  let previous: JobsOfAttempt | undefined;
  for (let number = 1; number <= 3; number++) {
    const cancelMs =
      fate === 'cancelled' && number === 1
        ? createdMs + random.int(2, 240) * SECOND
        : Number.POSITIVE_INFINITY;
    const failureFactor = number === 1 ? 1 : 0.4;
    const jobs = attemptJobs(workflow.plan, trigger.event, startedMs, previous, {
      random,
      runId: situation.id,
      nextId,
      cancelMs,
      failureFactor,
      refusals: birth.refusals,
    });
    const triggeringActor = number === 1 ? actor : random.pick(birth.population.people);
    const attempt = completeAttempt(number, startedMs, triggeringActor, [...jobs.values()].flat(), random);
    attempts.push(attempt);
    if (birth.steady || !isRunAgain(attempt, random)) break;
    // Either everything again, or what failed and what depends on it.
    const hasFailed = attempt.conclusion === 'failure' || attempt.conclusion === 'cancelled';
    previous = hasFailed && random.chance(0.65) ? jobs : undefined;
    startedMs = (attempt.moments.at(-1)?.atMs ?? startedMs) + random.int(20, 400) * SECOND;
  }
  return attempts;
}

/** An attempt that is over, made of its jobs. */
export function completeAttempt(
  number: number,
  startedMs: number,
  triggeringActor: Attempt['triggeringActor'],
  jobs: readonly Job[],
  random: Random,
): Attempt {
  const firstStartMs = Math.min(
    ...jobs.filter((job) => job.kind === 'ran' && !job.carriedOver).map((job) => job.startedMs),
  );
  const endMs = Math.max(startedMs, ...jobs.map(endOf)) + random.int(0, 2) * SECOND;
  const moments: RunMoment[] = [
    { action: 'requested', status: 'queued', atMs: startedMs },
    { action: 'in_progress', status: 'in_progress', atMs: Math.max(startedMs, firstStartMs) },
    { action: 'completed', status: 'completed', atMs: endMs },
  ];
  return {
    number,
    startedMs,
    triggeringActor,
    conclusion: conclude(jobs),
    jobs,
    moments: moments.filter((each) => Number.isFinite(each.atMs)),
  };
}

/**
 * Some wait behind another run of their concurrency group first. Drawn separately, so that nothing else in
 * the world depends on it.
 */
function queuedBehindOthers({ seed, index }: Birth, attempts: readonly Attempt[]): readonly Attempt[] {
  const random = createRandom(`${seed}/pending/${index}`);
  return attempts.map((attempt) => {
    const [first, ...others] = attempt.moments;
    if (first?.status !== 'queued' || !random.chance(0.15)) return attempt;
    return { ...attempt, moments: [{ ...first, status: 'pending' }, ...others] };
  });
}

function conclude(jobs: readonly Job[]): RunConclusion {
  const conclusions = new Set(jobs.filter((job) => job.kind !== 'check_run').map((job) => job.conclusion));
  if (conclusions.has('cancelled')) return 'cancelled';
  if (conclusions.has('failure') || conclusions.has('timed_out')) return 'failure';
  return conclusions.has('success') ? 'success' : 'skipped';
}

function isRunAgain(attempt: Attempt, random: Random): boolean {
  if (attempt.conclusion === 'failure') return random.chance(0.5);
  return random.chance(attempt.conclusion === 'cancelled' ? 0.25 : 0.01);
}

function attemptWithoutJobs(createdMs: number, { fate, actor, random }: Situation): Attempt {
  const attempt = { number: 1, startedMs: createdMs, triggeringActor: actor, jobs: [] };
  const completed = (seconds: number): RunMoment => ({
    action: 'completed',
    status: 'completed',
    atMs: createdMs + seconds * SECOND,
  });
  switch (fate) {
    case 'approval_required':
      return {
        ...attempt,
        conclusion: 'action_required',
        moments: [{ action: 'requested', status: 'completed', atMs: createdMs }],
      };
    case 'startup_failure':
      return {
        ...attempt,
        conclusion: 'startup_failure',
        moments: [{ action: 'requested', status: 'queued', atMs: createdMs }, completed(random.int(0, 1))],
      };
    default:
      return {
        ...attempt,
        conclusion: 'cancelled',
        moments: [{ action: 'requested', status: 'pending', atMs: createdMs }, completed(random.int(5, 900))],
      };
  }
}

function drawFate(ofStranger: boolean, random: Random): Fate {
  const { fate } = random.weighted(FATES);
  if (fate === 'approval_required') return ofStranger ? fate : 'normal';
  return ofStranger && random.chance(0.25) ? 'approval_required' : fate;
}

function branchOf(trigger: Trigger, repository: Repository, random: Random): string | null {
  if (trigger.branch === 'none') return null;
  if (trigger.branch === 'default') return repository.defaultBranch;
  const [topic, number] = [random.pick(TOPICS), random.int(1, 900)];
  return trigger.event === 'merge_group'
    ? `gh-readonly-queue/${repository.defaultBranch}/pr-${number}`
    : `${topic}-${number}`;
}

const TOPICS = [
  'fix/flaky-login',
  'feature/basket',
  'renovate/typescript-7.x',
  'jonas/try',
  'größe',
  'gh-readonly-queue/main/pr',
];
const TITLES = [
  'Fix the total of an empty basket',
  'Bump typescript from 6.0.2 to 7.0.2',
  'feat(api): read "from" and "to" in any time zone',
  'Überarbeite die Fehlermeldungen 🐜',
  'Revert "Cache everything \\o/"',
  'Show <b> as text, not as bold & more\nSecond line with a tab\there',
  'Merge pull request #1284 from lumen-works/feature/basket-that-remembers-what-was-in-it-yesterday',
];
