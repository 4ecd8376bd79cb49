import type { Engine } from '../domain/contracts.ts';
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

/**
 * Who answers the questions of the page and the read API: a thread that reads the database file; the engine
 * itself, where only that can read what is stored.
 */
export function openQueries(
  { engine, serviceClock, changed, current }: QueryParts,
  teardown: Teardown,
): Queries {
  let opened: Promise<ReadThread | null> | null = null;

  async function openThread(): Promise<ReadThread | null> {
    const path = await engine.readableAt();
    if (path === null) return null;
    return new ReadThread({
      path,
      time: serviceClock.shared.buffer,
      changed: changed.buffer,
      labelPatterns: () => current.rules.labelPatterns,
    });
  }
  teardown.add('read thread', async () => (await opened)?.close());

  return new QueryQueue(async (name, query) => {
    opened ??= openThread();
    const thread = await opened;
    return thread === null ? engine.ask(name, query) : thread.answer(name, query);
  });
}

/** What the engine can be asked as well, which would keep it from its work. */
export function questionsOf(queries: Queries): Pick<Engine, 'explainJob' | 'explainRun'> {
  return {
    explainJob: (jobId) => queries.ask('explainJob', jobId),
    explainRun: (runId) => queries.ask('explainRun', runId),
  };
}
