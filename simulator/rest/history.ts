import type { Clock } from '../../src/domain/contracts.ts';
import type { Attempt, Job, Repository, Run } from '../model.ts';
import { type Birth, liveRun, runIdOfJob } from '../run-life.ts';
import { lastReported } from '../truth-reported.ts';
import type { PlayedWorld, World } from '../world.ts';

/** The little that most questions are about. */
export type KnownRun = Pick<Run, 'id' | 'createdMs' | 'event'>;

/** What is kept of each run; the run itself is generated again when requested. */
interface BornRun extends KnownRun {
  readonly birth: Birth;
}

/** What has happened in a world so far. */
export interface History {
  readonly world: Omit<World, 'births'>;
  /** The time in the world, at most its end: nothing happens later. */
  nowMs(): number;
  /** The runs of a repository, newest first. */
  runsOf(repository: Repository): readonly KnownRun[];
  run(id: number): Run | undefined;
  /** The run that has a job of that id. */
  runOfJob(jobId: number): Run | undefined;
  /** All runs that may have something under way: those created within so long before now. */
  recent(withinMs: number): Run[];
  live(known: KnownRun): Run;
}

/** How many runs are cached. */
const AT_HAND = 2000;

export function createHistory(world: World | PlayedWorld, clock: Clock): History {
  return 'runs' in world ? historyOfPlayed(world, clock) : historyOfBirths(world, clock);
}

function historyOfPlayed(world: PlayedWorld, clock: Clock): History {
  const byId = new Map<number, Run>();
  const nowMs = () => Math.min(clock(), world.endMs);
  const known = () => world.runs.filter(({ createdMs }) => createdMs <= nowMs());
  const find = (id: number): Run | undefined => {
    for (const run of world.runs.slice(byId.size)) byId.set(run.id, run);
    const run = byId.get(id);
    return run === undefined || run.createdMs > nowMs() ? undefined : run;
  };
  return {
    world,
    nowMs,
    live: ({ id }) => byId.get(id) ?? (find(id) as Run),
    run: find,
    runOfJob: (jobId) => find(runIdOfJob(jobId)),
    runsOf: ({ id }) =>
      known()
        .filter(({ repository }) => repository.id === id)
        .toReversed(),
    recent: (withinMs) => known().filter(({ createdMs }) => createdMs >= nowMs() - withinMs),
  };
}

function historyOfBirths(world: World, clock: Clock): History {
  const births = world.births()[Symbol.iterator]();
  const byId = new Map<number, BornRun>();
  const byRepository = new Map<number, BornRun[]>();
  const atHand = new Map<number, Run>();
  let coming = births.next();
  const nowMs = () => Math.min(clock(), world.endMs);
  const catchUp = () => {
    for (; !coming.done && coming.value.createdMs <= nowMs(); coming = births.next()) {
      const birth = coming.value;
      const { id, createdMs, event, repository } = liveRun(birth);
      const known = { id, createdMs, event, birth };
      byId.set(id, known);
      const beside = byRepository.get(repository.id);
      if (beside === undefined) byRepository.set(repository.id, [known]);
      else beside.push(known);
    }
  };
  const live = (known: BornRun): Run => {
    const run = atHand.get(known.id) ?? liveRun(known.birth);
    atHand.delete(known.id);
    atHand.set(known.id, run);
    if (atHand.size > AT_HAND) atHand.delete(atHand.keys().next().value as number);
    return run;
  };
  const find = (id: number): Run | undefined => {
    catchUp();
    const known = byId.get(id);
    return known && live(known);
  };
  return {
    world,
    nowMs,
    live: ({ id }) => live(byId.get(id) as BornRun),
    run: find,
    runOfJob: (jobId) => find(runIdOfJob(jobId)),
    runsOf(repository) {
      catchUp();
      return (byRepository.get(repository.id) ?? []).toReversed();
    },
    recent(withinMs) {
      catchUp();
      const sinceMs = nowMs() - withinMs;
      return [...byId.values()].filter((known) => known.createdMs >= sinceMs).map(live);
    },
  };
}

/** The attempts of a run that have begun, in their order. */
export function attemptsAt(run: Run, nowMs: number): Attempt[] {
  return run.attempts.filter((attempt) => lastReported(attempt, nowMs) !== undefined);
}

/** The jobs of an attempt that exist by now, in order of their ids. */
export function jobsAt(attempt: Attempt, nowMs: number): Job[] {
  return attempt.jobs.filter((job) => lastReported(job, nowMs) !== undefined);
}
