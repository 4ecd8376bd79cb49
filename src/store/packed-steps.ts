import type { Step } from '../domain/observation.ts';
import type { HistoryStep } from '../domain/queries.ts';
import { parseStored } from './stored-json.ts';

/** Without the names of fields, which would be most of it. */
type Packed = readonly [number, string, string | null, number | null, number | null];

/** Steps as JSON. */
export function packSteps(steps: readonly Step[]): string {
  const packed = steps.map(
    ({ number, name, conclusion, startedAtMs, completedAtMs }) =>
      [number, name, conclusion, startedAtMs, completedAtMs] as const,
  );
  return JSON.stringify(packed satisfies Packed[]);
}

export function unpackSteps(text: string): HistoryStep[] {
  return parseStored<Packed[]>(text, 'job_steps').map(
    ([number, name, conclusion, startedAtMs, completedAtMs]) => ({
      number,
      name,
      conclusion,
      startedAtMs,
      completedAtMs,
    }),
  );
}
