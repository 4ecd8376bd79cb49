import type { Span } from '../../../src/domain/step-span.ts';
import { UNITS } from '../../format/unit.ts';

/* Where a time is in the part of the run that is shown. Pure: no browser. */

/** A part of the run, in seconds since its beginning: `10-250` in the address. */
export function parseZoom(text: string | undefined, whole: Span): Span {
  const [, from, to] = /^(\d{1,8})-(\d{1,8})$/.exec(text ?? '') ?? [];
  const fromMs = whole.fromMs + Number(from) * 1000;
  const toMs = Math.min(whole.toMs, whole.fromMs + Number(to) * 1000);
  return from !== undefined && fromMs < toMs ? { fromMs, toMs } : whole;
}

/** Null: all of it. */
export function printZoom({ fromMs, toMs }: Span, whole: Span): string | null {
  const from = Math.max(0, Math.floor((fromMs - whole.fromMs) / 1000));
  const to = Math.max(from + 1, Math.ceil((toMs - whole.fromMs) / 1000));
  return from === 0 && to * 1000 >= whole.toMs - whole.fromMs ? null : `${from}-${to}`;
}

/** A part around the middle of the one shown; `factor` below 1 shows less. */
export function zoomed({ fromMs, toMs }: Span, whole: Span, factor: number): Span {
  const middleMs = (fromMs + toMs) / 2;
  const halfMs = Math.max(500, ((toMs - fromMs) / 2) * factor);
  return {
    fromMs: Math.max(whole.fromMs, middleMs - halfMs),
    toMs: Math.min(whole.toMs, middleMs + halfMs),
  };
}

/** In percent of the part that is shown; below 0 or above 100 is outside. */
export function percentAt(ms: number, { fromMs, toMs }: Span): number {
  return ((ms - fromMs) / (toMs - fromMs)) * 100;
}

/** Round times, in seconds since the beginning of the run, at most `most` of them. */
export function ticksOf(shown: Span, beginMs: number, most: number): number[] {
  const [from, to] = [(shown.fromMs - beginMs) / 1000, (shown.toMs - beginMs) / 1000];
  const step = UNITS.seconds.steps?.find((each) => (to - from) / each <= most) ?? to - from;
  const first = Math.ceil(from / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}
