import type { Clock, Logger } from '../../domain/contracts.ts';
import { openSerialQueue, type SerialQueue } from '../../timing/serial-queue.ts';
import { ChangeLog } from './change-log.ts';
import { type ConnectionOptions, Connections } from './connections.ts';
import { DeliveryQueue } from './deliveries.ts';
import { HistoryTables } from './history.ts';
import { readJobNumbers } from './job-numbers.ts';
import { SeenRepositories } from './recovery.ts';
import type { Self } from './self.ts';
import { SeriesTable } from './series.ts';
import { SeriesIds } from './series-ids.ts';
import type { Tables } from './tables.ts';
import { type ChosenTime, chosenTime } from './time.ts';
import { openWrite, type Turns, type Write } from './write.ts';

/** What the methods of one open store share. */
export interface StoreParts {
  readonly connections: Connections;
  readonly log: ChangeLog;
  /** One at a time of all that moves `log`. `write` is in turn by itself. */
  readonly inTurn: SerialQueue;
  readonly write: Write;
  readonly turns: Turns;
  readonly series: SeriesTable;
  readonly tables: Tables;
  readonly self: Self;
  readonly time: ChosenTime;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

export interface PartsOptions extends Pick<ConnectionOptions, 'url' | 'password'> {
  readonly clock?: Clock | undefined;
  readonly steady: Clock;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** The one that writes, one that reads for the service, and some for questions. */
const MOST_CONNECTIONS = 6;

export function openParts({ url, password, clock, steady, logger }: PartsOptions): StoreParts {
  const connections = new Connections({ url, password, most: MOST_CONNECTIONS, name: 'ant-watcher' });
  const time = chosenTime(clock);
  const self: Self = { id: 0, sinks: { samples: [], traces: [] } };
  const ids = new SeriesIds();
  const series = new SeriesTable(ids);
  const tables: Tables = {
    deliveries: new DeliveryQueue({ self, time, steady }),
    seenRepositories: new SeenRepositories(),
    history: new HistoryTables(),
  };
  const log = new ChangeLog({
    ids,
    async readAll(session) {
      const [cells, numbers] = await Promise.all([series.read(session), readJobNumbers(session)]);
      return { cells, numbers };
    },
  });
  const inTurn = openSerialQueue();
  const turns: Turns = { count: 0, waitMs: 0 };
  const write = openWrite({ connections, log, series, inTurn, time, turns });
  return { connections, log, inTurn, write, turns, series, tables, self, time, logger };
}
