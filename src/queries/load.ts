import { isoTime } from '../domain/iso-time.ts';
import type { Load, LoadPoints } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { STEP_MS, type Step, stepStart } from '../domain/steps.ts';
import { headOf } from './answer.ts';
import { type LoadGrouping, readLoad, type StepLoad } from './load-groups.ts';

export interface LoadQuery extends LoadGrouping {
  readonly step: Step;
  readonly limit: number;
}

/** How many jobs waited for a runner, and ran, at the same time. */
export async function load(reader: HistoryReader, query: LoadQuery): Promise<Load> {
  const { by, window, step, limit } = query;
  const edges = edgesOf({ fromMs: window.fromMs, toMs: Math.min(window.toMs, reader.nowMs) }, step);
  const { groups, total } = await readLoad(reader, query, edges);
  const busiest = groups
    .filter(({ sumMs }) => sumMs > 0)
    .sort((a, b) => b.sumMs - a.sumMs || (a.name < b.name ? -1 : 1));
  const pointsOf = (steps: readonly StepLoad[]): LoadPoints =>
    steps.map(({ part, waitedMs, mostWaited, ranMs, mostRan }) => {
      const [startMs, endMs] = [edges[part] as number, edges[part + 1] as number];
      // Averages are over the part of a step in the window.
      const lengthMs = endMs - startMs;
      return [isoTime(stepStart(startMs, step)), waitedMs / lengthMs, mostWaited, ranMs / lengthMs, mostRan];
    });
  return {
    ...headOf(reader, window, step),
    by,
    groups: busiest.length,
    total: pointsOf(total.steps()),
    series: busiest
      .slice(0, limit)
      .map(({ name, load: own }) => ({ [by]: name, points: pointsOf(own.steps()) })),
  };
}

/** Where steps begin, and the last one ends. The first and the last may be shorter. */
function edgesOf({ fromMs, toMs }: Window, step: Step): Float64Array {
  const edges = [fromMs];
  for (let at = fromMs; at < toMs; at = edges.at(-1) as number)
    edges.push(Math.min(toMs, stepStart(at, step) + STEP_MS[step]));
  return Float64Array.from(edges);
}
