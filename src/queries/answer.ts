import { isoTime } from '../domain/iso-time.ts';
import type { Change, Definitions, Window as ShownWindow } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import type { Step } from '../domain/steps.ts';

/*
 * What several answers have in common.
 */

/** What every answer about a window begins with. `step` is null if it has no points. */
export function headOf({ asOfMs }: HistoryReader, { fromMs, toMs }: Window, step: Step | null) {
  const window: ShownWindow = { from: isoTime(fromMs), to: isoTime(toMs), step };
  const definitions: Definitions = 'v1';
  return { as_of: isoTime(asOfMs), window, definitions };
}

/** NaN, which means that it is not known, becomes null. */
export function secondsOf(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** The window before, of the same length; null if the history does not reach so far back. */
export async function windowBefore(
  reader: Pick<HistoryReader, 'beginsAtMs'>,
  { fromMs, toMs }: Window,
): Promise<Window | null> {
  const before = { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
  const beginsAtMs = await reader.beginsAtMs();
  return beginsAtMs !== null && beginsAtMs <= before.fromMs ? before : null;
}

/** How a value differs from the one in the window before; null if there is none in one of the two. */
export function changeOf(now: number | null, before: number | null): Change {
  if (now === null || before === null) return null;
  const absolute = now - before;
  return { absolute, ratio: before === 0 ? null : absolute / before };
}
