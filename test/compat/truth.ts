import type { Run } from '../../simulator/model.ts';
import { runsOf, type World } from '../../simulator/world.ts';
import type { CompatName } from '../../src/compat/names.ts';
import { OldNumbers } from './old-numbers.ts';
import { countArc } from './truth-arc.ts';
import { countCpanato } from './truth-cpanato.ts';
import { countLiveActions } from './truth-live-actions.ts';
import { countOtel } from './truth-otel.ts';
import { countPromhippie } from './truth-promhippie.ts';

type Count = (numbers: OldNumbers, run: Run, endMs: number, nowMs: number) => void;

const COUNTS: Readonly<Record<CompatName, Count>> = {
  arc: countArc,
  cpanato: countCpanato,
  promhippie: countPromhippie,
  'live-actions': countLiveActions,
  otel: countOtel,
};

/** What a set of metrics under names of others must show of a world: by what docs/migrate.md says, as naively as possible. */
export function compatTruth(name: CompatName, world: World, nowMs: number = world.endMs): string[] {
  const numbers = new OldNumbers();
  for (const run of runsOf(world)) COUNTS[name](numbers, run, world.endMs, nowMs);
  return numbers.lines();
}
