-- Entries of traces to be exported, as samples are in outbox: places in it are spans, of which an entry has one or more.
CREATE TABLE trace_outbox (
  first_seq     INTEGER PRIMARY KEY,
  count         INTEGER NOT NULL, -- of spans
  bytes         INTEGER NOT NULL, -- of entries
  written_at_ms INTEGER NOT NULL,
  entries       TEXT    NOT NULL  -- JSON, see packed-trace.ts
) STRICT;

-- How far each endpoint has come, as sinks.
CREATE TABLE trace_sinks (
  name      TEXT    PRIMARY KEY,
  next_seq  INTEGER NOT NULL,
  taken_seq INTEGER NOT NULL,
  safe_seq  INTEGER NOT NULL,
  process   TEXT
) STRICT, WITHOUT ROWID;

-- Entries that an endpoint refused for what they are, the latest few, for people to see.
CREATE TABLE dead_traces (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  sink           TEXT    NOT NULL,
  rejected_at_ms INTEGER NOT NULL,
  reason         TEXT    NOT NULL,
  entry          TEXT    NOT NULL -- as entries in trace_outbox, with one of them
) STRICT;
