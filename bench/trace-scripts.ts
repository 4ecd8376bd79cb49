/*
 * How long the scripts of a page ran in each frame, from a trace of Chromium
 * (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
 */

/** A thing that took time on a thread; times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** CPU time of the thread; not in every version. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly url?: string } };
}

export interface FrameScripts {
  readonly mostMs: number;
  /** The most CPU time of the scripts of any frame; NaN where Chromium does not tell. */
  readonly mostCpuMs: number;
  readonly p95Ms: number;
  /** That had scripts at all. */
  readonly frames: number;
  /** Of the whole trace. */
  readonly perSecondMs: number;
}

/** What runs scripts. Collections of garbage in them are part of it. */
const SCRIPTS = new Set([
  'FunctionCall',
  'EvaluateScript',
  'v8.callFunction',
  'RunMicrotasks',
  'V8.GC_SCAVENGER',
]);
/** At sixty frames a second. */
const FRAME_US = 1_000_000 / 60;

/** Scripts that begin within a frame's time after another belong to the same frame. */
export function readFrameScripts(trace: Buffer): FrameScripts {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const scripts = outermost(ofPage(traceEvents));
  const frames: { startUs: number; us: number; cpuUs: number }[] = [];
  for (const { ts, dur = 0, tdur = Number.NaN } of scripts) {
    const last = frames.at(-1);
    if (last === undefined || ts >= last.startUs + FRAME_US)
      frames.push({ startUs: ts, us: dur, cpuUs: tdur });
    else Object.assign(last, { us: last.us + dur, cpuUs: last.cpuUs + tdur });
  }
  const times = frames.map(({ us }) => us / 1000).sort((a, b) => a - b);
  const spanUs = (scripts.at(-1)?.ts ?? 0) - (scripts[0]?.ts ?? 0);
  return {
    mostMs: times.at(-1) ?? 0,
    mostCpuMs: frames.reduce((most, { cpuUs }) => Math.max(most, cpuUs / 1000), 0),
    p95Ms: times[Math.ceil(0.95 * times.length) - 1] ?? 0,
    frames: times.length,
    perSecondMs: spanUs === 0 ? 0 : (times.reduce((sum, each) => sum + each, 0) * 1_000_000) / spanUs,
  };
}

/** Of the thread that ran most of them: the other processes of the browser have pages of their own. */
function ofPage(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const found = events.filter(({ name, ph }) => ph === 'X' && SCRIPTS.has(name));
  const threads = Map.groupBy(found, ({ pid, tid }) => `${pid} ${tid}`);
  const sumOf = (each: readonly TraceEvent[]) => each.reduce((sum, { dur = 0 }) => sum + dur, 0);
  return [...threads.values()].sort((a, b) => sumOf(b) - sumOf(a))[0] ?? [];
}

/** In order of time, without those that ran inside of another. */
function outermost(events: readonly TraceEvent[]): readonly TraceEvent[] {
  let endUs = Number.NEGATIVE_INFINITY;
  return events
    .toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    .filter(({ ts, dur = 0 }) => {
      if (ts < endUs) return false;
      endUs = ts + dur;
      return true;
    });
}
