import { type Birth, liveRun } from './run-life.ts';
import { pastWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;

/**
 * The same world, in repositories in which little happened before: like GitHub's, their lists go back over
 * a year on the first page. All of the `runs` end at least a day before the world begins; its truth does
 * not include them.
 */
export function withOldRuns(world: World, { runs, spanMs }: { runs: number; spanMs: number }): World {
  const old = pastWorld({
    ...{ seed: `${world.seed}/old`, runs, inFlight: 0, spanMs },
    endMs: world.startMs - DAY_MS,
    repositories: world.population.repositories.length,
  });
  return {
    ...world,
    *births() {
      for (const birth of old.births()) if (isOver(birth)) yield birth;
      yield* world.births();
    },
  };
}

/** GitHub never reports the end of some runs. */
function isOver(birth: Birth): boolean {
  const moments = liveRun(birth).attempts.at(-1)?.moments ?? [];
  return moments.at(-1)?.status === 'completed';
}
