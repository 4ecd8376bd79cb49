import { type Metric, metric } from './metric.ts';

/** Of processes that share a database server. A process that has its database for itself shows none of these. */
export const FLEET_METRICS = {
  replicas: metric(
    'ant_watcher_replicas',
    'gauge',
    ['version'],
    'Processes that share the database and live, by version.',
  ),
  leader: metric(
    'ant_watcher_leader',
    'gauge',
    [],
    '1 if this process leads (it asks GitHub, pushes samples and deletes what is old), else 0.',
  ),
  behind: metric(
    'ant_watcher_replica_behind_transactions',
    'gauge',
    [],
    'Transactions of other processes that this one had not followed when it was last seen. Each scrape follows all of them first.',
  ),
  databaseConnections: metric(
    'ant_watcher_database_connections',
    'gauge',
    ['state'],
    'Connections to the database server: open; waiting is how much work waits for one.',
  ),
  databaseErrors: metric(
    'ant_watcher_database_errors_total',
    'counter',
    [],
    'Transactions and queries that failed, each with its connection.',
  ),
  databaseTransactions: metric(
    'ant_watcher_database_transactions_total',
    'counter',
    [],
    'Transactions of this process that were committed in the order of all processes.',
  ),
  databaseTurnWait: metric(
    'ant_watcher_database_turn_wait_seconds_total',
    'counter',
    [],
    'How long these transactions waited for their turn, with the way to the database and back.',
  ),
} as const satisfies Record<string, Metric>;
