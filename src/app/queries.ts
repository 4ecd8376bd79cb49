import type { Engine } from '../domain/contracts.ts';
import { isStoreLoss } from '../domain/errors.ts';
import type { Queries } from '../queries/all-queries.ts';
import { QueryQueue } from '../queries/query-queue.ts';
import { ReadThread } from '../read-thread/read-thread.ts';
import type { SharedMoment } from '../timing/shared-moment.ts';
import type { Teardown } from '../timing/teardown.ts';
import type { AppRules } from './rules.ts';
import type { ServiceClock } from './service-clock.ts';

interface QueryParts {
  readonly engine: Engine;
  readonly serviceClock: ServiceClock;
  /** When the engine last changed something. */
  readonly changed: SharedMoment;
  readonly current: { readonly rules: AppRules };
}

/** For the page and the read API. */
export interface OpenQueries {
  readonly queries: Queries;
  /** Rejects when a question has found the database damaged. */
  readonly queriesFailed: Promise<never>;
}

/**
 * Who answers the questions of the page and the read API: a thread that reads the database file; the engine
 * itself, where only that can read what is stored.
 */
export function openQueries(
  { engine, serviceClock, changed, current }: QueryParts,
  teardown: Teardown,
): OpenQueries {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  let opened: Promise<ReadThread | null> | null = null;

  async function openThread(): Promise<ReadThread | null> {
    const place = await engine.readableAt();
    if (place === null) return null;
    return new ReadThread({
      place,
      time: serviceClock.shared.buffer,
      changed: changed.buffer,
      rules: () => current.rules.questions,
    });
  }
  teardown.add('read thread', async () => (await opened)?.close());

  /** What is damaged is asked for once more: another file may have been at the path, which the engine finds. */
  async function answer(thread: ReadThread, name: string, query: unknown): Promise<unknown> {
    try {
      return await thread.answer(name, query);
    } catch (error) {
      if (!isStoreLoss(error)) throw error;
      await engine.proveDurable();
    }
    return thread.answer(name, query).catch((error) => {
      if (isStoreLoss(error)) failure.reject(error);
      throw error;
    });
  }

  const queries = new QueryQueue(async (name, query) => {
    opened ??= openThread();
    const thread = await opened;
    return thread === null ? engine.ask(name, query) : answer(thread, name, query);
  });
  return { queries, queriesFailed: failure.promise };
}

/** What the engine can be asked as well, which would keep it from its work. */
export function questionsOf(queries: Queries): Pick<Engine, 'explainJob' | 'explainRun'> {
  return {
    explainJob: (jobId) => queries.ask('explainJob', jobId),
    explainRun: (runId) => queries.ask('explainRun', runId),
  };
}
