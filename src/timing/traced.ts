import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import type { WorkPlace, WorkValue } from '../domain/work-span.ts';

/*
 * Where our own work tells that it begins and ends, for traces of it (`otlp.own_traces`). Nobody listens unless that is
 * on, and then a piece of work costs one look at a field. It goes through Node.js's own channels, so other tools that
 * know them can listen too: `tracing:ant-watcher.work:*`.
 */

/** A piece of work, as it is told when it begins. It may add to its attributes until it ends. */
export interface Work {
  /** Few different ones: never with an id in it. */
  name: string;
  /** `server`: somebody waits for our answer. `client`: we wait for somebody's. */
  readonly kind?: 'server' | 'client';
  readonly attributes: Record<string, WorkValue>;
  /** It belongs to no other work, whatever is under way. */
  readonly isRoot?: boolean;
  /** The work of others that it does, as `currentWork` gave it; null ones do not matter. It is traced if any of them is. */
  readonly causes?: readonly (WorkPlace | null)[];
  /** Of which it is a part, on another thread. */
  readonly parent?: WorkPlace | null;
}

export const WORK = tracingChannel<Work, WorkPlace | null>('ant-watcher.work');

/** The work under way, from where it is asked; `null` in there: work that is not traced. */
export const UNDER_WAY = new AsyncLocalStorage<WorkPlace | null>();

/** Does the work. `describe` is only called, and `work` only given, where somebody listens. */
export function traced<T>(describe: () => Work, run: (work: Work | null) => Promise<T>): Promise<T> {
  if (!WORK.hasSubscribers) return run(null);
  const work = describe();
  return WORK.tracePromise(run, work, undefined, work);
}

/** The work under way here, if it is traced. */
export function currentWork(): WorkPlace | null {
  return WORK.hasSubscribers ? (UNDER_WAY.getStore() ?? null) : null;
}
