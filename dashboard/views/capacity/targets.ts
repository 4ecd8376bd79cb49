/* Which p95 is good enough. Pure: no browser. */

/** What the slider offers, in seconds. */
export const TARGETS = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 3600] as const;
export const DEFAULT_TARGET = 60;

/** The target of an address; the default for what is none. */
export function parseTarget(text: string | undefined): number {
  return text !== undefined && /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : DEFAULT_TARGET;
}

/** Null: the default, which needs no parameter. */
export function printTarget(seconds: number): string | null {
  return seconds === DEFAULT_TARGET ? null : String(seconds);
}

/** The place on the slider that is nearest. */
export function nearestTarget(seconds: number): number {
  const distances = TARGETS.map((each) => Math.abs(each - seconds));
  return distances.indexOf(Math.min(...distances));
}
