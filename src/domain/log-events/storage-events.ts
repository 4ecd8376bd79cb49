import { CHECK_STORE, type LogEvent } from './log-event.ts';

/** The store, and pushing what waits in it. */
export const STORAGE_EVENTS = {
  database_not_shared: {
    level: 'warn',
    message: 'Database can be read by this process only',
    about:
      'Others can read a database that is being written if they share memory with the writer. That is impossible here, for the `reason` given: other programs find it locked, and the engine itself answers what the page and the read API ask.',
    action: 'Nothing has to be done. For both, keep the database on a disk of this machine.',
  },
  database_log_held: {
    level: 'warn',
    message: 'Another program keeps the log of the database from being emptied',
    about:
      'Some program reads in one transaction, for `seconds` so far; until it ends, the file ending in `-wal` grows, and is `bytes` large. If it becomes larger than the database, the database gets a new file.',
    action:
      'End the transaction of that program: finish the query, or close its connection. `fuser` on the file ending in `-shm` names it.',
  },
  database_renewed: {
    level: 'warn',
    message: 'Database has a new file, because another program held its log',
    about:
      'At `path` is a copy without the log, and the service continues with it. The program that read goes on with the former file; its next query fails. The disk has the room again when it closes that.',
    action: 'Let programs that read end their transactions. Those that had the file open must open it again.',
  },
  database_not_renewed: {
    level: 'error',
    message: "Database can't get a new file while another program holds its log",
    about: 'The log goes on growing: see `err`. It is tried again.',
    action: 'End the program that reads, or make room on the disk.',
  },
  database_moved: {
    level: 'error',
    message: 'Database no longer at its path; refusing deliveries',
    about:
      'Another file, or none, is at `path`; the open one is `nowAt`. What would be stored would not be found after a restart, so deliveries are answered with 503.',
    action:
      'Put the file back, or the mount: the service continues by itself, and recovery fetches what was refused. Or stop the service and move the file back then; it is whole.',
  },
  database_removed: {
    level: 'error',
    message: 'Database removed; saving its content',
    about:
      'The file at `path` was deleted, or another took its place. Deliveries are answered with 503. All that is stored is written into a new file, then the process ends with `store_replaced`.',
    action: 'Start the service again, unless a supervisor does. Find out what deleted the file.',
  },
  database_overwritten: {
    level: 'error',
    message: 'Database overwritten by another program; stopping',
    about:
      'Somebody else wrote into the file at `path`, perhaps to restore a backup. Nothing more is written to it. When it has not changed for two seconds, the process ends with `store_replaced`.',
    action:
      'Start the service again, unless a supervisor does: it uses what the file contains then. Stop it before you restore a backup.',
  },
  database_saved: {
    level: 'warn',
    message: 'Content of the removed database saved',
    about:
      'All that was stored is in the file at `path`. That is the path of `storage.url`, unless something else is there.',
    action: 'If it is another file, move it to the path of `storage.url` to continue from it.',
  },
  database_not_saved: {
    level: 'error',
    message: 'Content of the removed database not saved',
    about: 'Writing it into a new file failed: see `err`. It is tried again every ten seconds.',
    action:
      'Do not end the process: only it has the data. Make room on the disk, or let the service write into the folder.',
  },
  database_log_removed: {
    level: 'warn',
    message: 'Log of the database removed; starting a new one',
    about:
      'The file ending in `-wal` beside the database was deleted. Its content was written to the database.',
    action: 'Nothing is lost. Find out what deleted it: with the service stopped, that would lose data.',
  },
  database_back: {
    level: 'warn',
    message: 'Database back at its path; accepting deliveries again',
    about: 'The open file is where it belongs.',
    action: 'Nothing.',
  },
  database_awaited: {
    level: 'warn',
    message: 'Database server unavailable; starting later',
    about:
      'The start is tried again after `waitMs` for a minute, and then fails: a fail-over should be over by then, and a user or a database that is just being made should be there. A wrong password or certificate is not waited for (`store_refused`).',
    action: 'See `err`: if it does not pass by itself, check `storage.url` and the database server.',
  },
  processing_paused: {
    level: 'error',
    message: 'Store unavailable; processing paused',
    about: 'Accepted deliveries wait, and are processed as soon as the store works.',
    action: CHECK_STORE,
  },
  housekeeping_postponed: {
    level: 'warn',
    message: 'Store unavailable; housekeeping postponed',
    about: 'Expired data is kept a little longer.',
    action: CHECK_STORE,
  },
  self_metrics_postponed: {
    level: 'warn',
    message: 'Store unavailable; self-metrics kept in memory',
    about: 'Counters of the service itself are stored later. A crash before that loses them.',
    action: CHECK_STORE,
  },
  working_set_full: {
    level: 'error',
    message: 'Working set full; evicting active work',
    about:
      'Runs and jobs leave memory early and are read from the store again, which is slower. Nothing is lost.',
    action: 'Raise `memory.limit`.',
  },
  memory_store_full: {
    level: 'error',
    message: 'In-memory store full; forgetting runs',
    about: 'With `storage.url=memory:` there is no copy: late events of these runs are counted as new.',
    action: 'Raise `memory.limit`, or use a database file.',
  },
  sending_paused: {
    level: 'error',
    message: 'Outbox unavailable; sending paused',
    about: 'Samples and spans stay stored and are sent as soon as the store works.',
    action: CHECK_STORE,
  },
  receiver_unavailable: {
    level: 'warn',
    message: 'Receiver unavailable; retrying',
    about:
      'Samples stay stored until the receiver accepts them, or `push.max_age` passes; spans likewise (`otlp.max_age`).',
    action: 'Check the receiver; `reason` is its answer.',
  },
  receiver_refuses: {
    level: 'error',
    message: 'Receiver refuses requests; sending paused',
    about:
      'The credentials or the URL are wrong. Samples stay stored, up to `push.max_age`, and spans up to `otlp.max_age`.',
    action: 'Follow the hint, then reload.',
  },
  receiver_forgets: {
    level: 'warn',
    message: 'Receiver restarted; samples may be lost',
    about:
      'It had accepted these `samples` within `push.resend_window` before. If it crashed, it may have lost the latest of them. They are not sent again, because it would store twice what it still has.',
    action:
      'Start VictoriaMetrics with `-dedup.minScrapeInterval=1ms`, so that they can be sent again next time. `doctor` says whether that works. After an orderly shutdown nothing is missing.',
  },
  samples_rejected: {
    level: 'error',
    message: 'Samples rejected by the receiver',
    about: 'The receiver will never accept these samples. They are kept for inspection: `GET /api/v1/push`.',
    action: 'Check `reason`, the answer of the receiver.',
  },
  samples_dropped: {
    level: 'error',
    message: 'Samples dropped from the outbox',
    about: 'They were older than `push.max_age`, or the outbox was larger than `push.max_size`.',
    action: 'Check the receiver, or raise these limits.',
  },
  spans_rejected: {
    level: 'error',
    message: 'Spans rejected by the endpoint',
    about:
      'The endpoint will never accept these spans. Those of a request that it refused are kept for inspection: `GET /api/v1/push`. Of a request that it took, it only says how many it left out (`partialSuccess`).',
    action:
      'Check `reason`, the answer of the endpoint: often a limit of its own, such as how old a span may be.',
  },
  spans_dropped: {
    level: 'error',
    message: 'Spans dropped from the outbox',
    about: 'They were older than `otlp.max_age`, or the outbox was larger than `otlp.max_size`.',
    action: 'Check the endpoint, or raise these limits.',
  },
  spans_of_removed_endpoint_dropped: {
    level: 'warn',
    message: 'Spans of removed endpoints dropped',
    about: 'An endpoint with waiting spans is no longer configured, or is not sent traces any more.',
    action:
      'Nothing, if this was intended. Spans wait by the name of an endpoint: keep it when its URL changes.',
  },
  samples_of_removed_receiver_dropped: {
    level: 'warn',
    message: 'Samples of removed receivers dropped',
    about: 'A receiver with waiting samples is no longer configured.',
    action: 'Nothing, if this was intended.',
  },
  own_traces_not_sent: {
    level: 'warn',
    message: 'Traces of our own work not accepted by the endpoint',
    about:
      'They are not kept (`otlp.own_traces`): what was in the request is lost. Only the first of consecutive failures is logged.',
    action: 'Check the endpoint; `reason` is its answer.',
  },
  snapshot_not_sent: {
    level: 'warn',
    message: 'Snapshot not accepted by the receiver',
    about: 'The next snapshot replaces it. Only the first of consecutive failures is logged.',
    action: 'Check the receiver; `reason` is its answer.',
  },
} as const satisfies Record<string, LogEvent>;
