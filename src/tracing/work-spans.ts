import { randomBytes } from 'node:crypto';
import type { WorkPlace, WorkSpan } from '../domain/work-span.ts';
import { UNDER_WAY, WORK, type Work } from '../timing/traced.ts';

export interface WorkSpansOptions {
  /** Of the work that is part of no other, this share is traced, with all its parts: 0 to 1. */
  readonly share: number;
  /** Gets each piece of traced work when it is over. It must not throw, nor take long. */
  readonly onSpan: (span: WorkSpan) => void;
  readonly random?: () => number;
}

interface Begun {
  readonly place: WorkPlace;
  readonly parentSpanId: string | null;
  readonly links: readonly WorkPlace[];
  readonly startMs: number;
}

/** Those on this thread that listen. The last one makes the spans: `UNDER_WAY` is one place. */
const listeners = new Set<WorkSpans>();

/** Listens to the work of this thread, and makes spans of a share of it. */
export class WorkSpans {
  readonly #options: WorkSpansOptions;
  readonly #begun = new WeakMap<Work, Begun>();

  constructor(options: WorkSpansOptions) {
    this.#options = options;
    if (options.share === 0) return;
    listeners.add(this);
    WORK.start.bindStore(UNDER_WAY, this.#begin);
    WORK.subscribe(this.#subscribers);
  }

  /** Listens no more. What is under way makes no span. */
  close(): void {
    if (!listeners.delete(this)) return;
    const next = [...listeners].at(-1);
    if (next === undefined) WORK.start.unbindStore(UNDER_WAY);
    else WORK.start.bindStore(UNDER_WAY, next.#begin);
    WORK.unsubscribe(this.#subscribers);
  }

  readonly #begin = (work: Work): WorkPlace | null => {
    const links = (work.causes ?? []).filter((cause) => cause !== null);
    const parent = parentOf(work);
    const isTraced = work.causes === undefined ? this.#isPartOfTrace(parent) : links.length > 0;
    if (!isTraced) return null;
    const place = { traceId: parent?.traceId ?? idOf(16), spanId: idOf(8) };
    this.#begun.set(work, { place, parentSpanId: parent?.spanId ?? null, links, startMs: nowMs() });
    return place;
  };

  #isPartOfTrace(parent: Parent): boolean {
    if (parent !== undefined) return parent !== null;
    return (this.#options.random ?? Math.random)() < this.#options.share;
  }

  readonly #subscribers = {
    asyncEnd: (work: Work & { readonly error?: unknown }) => {
      const begun = this.#begun.get(work);
      if (begun === undefined) return;
      const { place, parentSpanId, links, startMs } = begun;
      const { name, kind = 'internal', attributes, error } = work;
      const errorType = error === undefined ? null : typeOf(error);
      const times = { startMs, endMs: nowMs() };
      this.#options.onSpan({ name, kind, attributes, ...place, parentSpanId, links, errorType, ...times });
    },
  };
}

/** Null: work that is not traced. Undefined: it is part of nothing. */
type Parent = WorkPlace | null | undefined;

function parentOf({ parent, isRoot, causes }: Work): Parent {
  if (parent !== undefined) return parent;
  return isRoot || causes !== undefined ? undefined : UNDER_WAY.getStore();
}

function idOf(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** A code where the error has one: its text may hold anything. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
