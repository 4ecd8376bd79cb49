import type { Run } from './model.ts';
import { type Population, populate } from './population.ts';
import { createRandom, hashOf } from './random.ts';
import { type Birth, liveRun, MAX_RUN_MS } from './run-life.ts';

/**
 * A world: everything that happens in it follows from these values. Nothing is kept; `runsOf` generates the
 * runs again on each call.
 */
export interface World {
  readonly seed: string;
  readonly population: Population;
  readonly startMs: number;
  /** Later events have not happened; may be `Infinity`. */
  readonly endMs: number;
  /** The runs in order of creation. */
  readonly births: () => Iterable<Birth>;
  /** Whether the events of deployments are sent. */
  readonly deployments: boolean;
}

/** A world whose runs influence each other, so that they are all kept, as far as it has been played. */
export interface PlayedWorld extends Omit<World, 'births'> {
  /** In order of creation, also later ones. More may be added. */
  readonly runs: readonly Run[];
}

/** A past world, with a given number of runs. */
export interface PastOptions {
  readonly seed: string;
  readonly runs: number;
  /** The share of runs that are not completed at the end. */
  readonly inFlight: number;
  readonly endMs: number;
  /** From the first run to the end. */
  readonly spanMs: number;
  readonly repositories?: number;
  /** The share of gates that are refused; default: none. */
  readonly refusals?: number;
  /** Whether the events of deployments are sent; default: no, as most hooks. */
  readonly deployments?: boolean;
}

/** A continuing world, with runs at a steady rate. */
export interface OngoingOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly endMs?: number;
  readonly runsPerHour: number;
  readonly repositories?: number;
  /** The share of gates that somebody refuses to open; default: none. */
  readonly refusals?: number;
  readonly deployments?: boolean;
}

/** The shortest `spanMs` that fits whole runs. */
export const SHORTEST_SPAN_MS = MAX_RUN_MS + 3600 * 1000;
const DEFAULT_REPOSITORIES = 6;
const SECOND = 1000;

/** `runs` runs within `spanMs` before `endMs`, all completed except the share `inFlight`. */
export function pastWorld(options: PastOptions): World {
  if (options.spanMs < SHORTEST_SPAN_MS) throw new RangeError(`spanMs is below ${SHORTEST_SPAN_MS}.`);
  const endMs = wholeSecond(options.endMs);
  const startMs = endMs - wholeSecond(options.spanMs);
  const common = commonOf(options, startMs);
  const unfinished = Math.round(options.runs * options.inFlight);
  const finished = options.runs - unfinished;
  const gapMs = (endMs - MAX_RUN_MS - startMs) / Math.max(finished, 1);
  return {
    ...common.world,
    endMs,
    *births() {
      for (let index = 0; index < finished; index++) yield common.birth(index, gapMs, false);
      yield* unfinishedBirths(common, finished, unfinished, endMs);
    },
  };
}

/** Runs from `startMs` on, without an end unless `endMs` is given. */
export function ongoingWorld(options: OngoingOptions): World {
  const startMs = wholeSecond(options.startMs);
  const common = commonOf(options, startMs);
  const gapMs = (3600 * SECOND) / options.runsPerHour;
  return {
    ...common.world,
    endMs: options.endMs ?? Number.POSITIVE_INFINITY,
    *births() {
      for (let index = 0; ; index++) yield common.birth(index, gapMs, false);
    },
  };
}

/**
 * The runs created by the world's end, in order of creation, each with its whole life, even beyond that
 * end.
 */
export function* runsOf(world: World): Generator<Run> {
  for (const birth of world.births()) {
    if (birth.createdMs > world.endMs) return;
    yield liveRun(birth);
  }
}

interface Common {
  readonly world: Pick<World, 'seed' | 'population' | 'startMs' | 'deployments'>;
  readonly birth: (index: number, gapMs: number, steady: boolean) => Birth;
}

function commonOf(
  options: Pick<PastOptions, 'seed' | 'repositories' | 'refusals' | 'deployments'>,
  startMs: number,
): Common {
  const { seed, refusals = 0, deployments = false } = options;
  const population = populate(options.repositories ?? DEFAULT_REPOSITORIES);
  // Each world has its own ids, so that a second simulation is new to a service that saw the first.
  const firstId = firstIdOf(seed, startMs);
  return {
    world: { seed, population, startMs, deployments },
    birth(index, gapMs, steady) {
      const within = createRandom(`${seed}/birth/${index}`).next();
      return {
        seed,
        population,
        firstId,
        index,
        createdMs: wholeSecond(startMs + (index + within) * gapMs),
        steady,
        refusals,
      };
    },
  };
}

/** Where the ids of a world begin. */
export function firstIdOf(seed: string, startMs: number): number {
  return (hashOf(`${seed}/${startMs}`) % 0x10_0000) * 1_000_000;
}

/** Births such that the world ends somewhere within each life. */
function unfinishedBirths(common: Common, first: number, count: number, endMs: number): Birth[] {
  const births = Array.from({ length: count }, (_, place) => {
    const birth = { ...common.birth(first + place, 0, true), createdMs: 0 };
    const lived = 0.02 + 0.93 * createRandom(`${common.world.seed}/lived/${birth.index}`).next();
    return { ...birth, createdMs: endMs - wholeSecond(liveRun(birth).endMs * lived) };
  });
  return births.sort((a, b) => a.createdMs - b.createdMs);
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}
