export const HOUR_MS = 3_600_000;

export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}
