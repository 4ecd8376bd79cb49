import type { Step } from '../domain/observation.ts';

/** Steps as JSON without the names of fields, which would be most of it. */
export function packSteps(steps: readonly Step[]): string {
  return JSON.stringify(
    steps.map(({ number, name, conclusion, startedAtMs, completedAtMs }) => [
      number,
      name,
      conclusion,
      startedAtMs,
      completedAtMs,
    ]),
  );
}
