import type { Change } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';

/** The window of the same length that ends where this one begins; null if less than that is kept. */
export async function windowBefore(
  { fromMs, toMs }: Window,
  reader: Pick<HistoryReader, 'beginsAtMs'>,
): Promise<Window | null> {
  const before = { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
  const beginsAtMs = await reader.beginsAtMs();
  return beginsAtMs !== null && beginsAtMs <= before.fromMs ? before : null;
}

/** From what a value was to what it is; null if one of them is not known. */
export function changeOf(value: number | null, before: number | null): Change {
  if (value === null || before === null) return null;
  const absolute = value - before;
  return { absolute, ratio: before === 0 ? null : absolute / before };
}
