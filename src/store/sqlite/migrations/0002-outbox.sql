-- Samples to be pushed, those of one transaction in one row: first_seq is the place of its first sample. A row is removed
-- when all sinks are past it.
CREATE TABLE outbox (
  first_seq     INTEGER PRIMARY KEY,
  count         INTEGER NOT NULL,
  bytes         INTEGER NOT NULL, -- of samples
  written_at_ms INTEGER NOT NULL,
  samples       TEXT    NOT NULL  -- a JSON array of [metric, label values, value, time in ms]
) STRICT;

-- How far each receiver has come: the place of the next sample that it is to get.
CREATE TABLE sinks (
  name     TEXT    PRIMARY KEY,
  next_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Samples that a receiver refused for what they are, the latest few, for people to see.
CREATE TABLE dead_samples (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  sink           TEXT    NOT NULL,
  rejected_at_ms INTEGER NOT NULL,
  reason         TEXT    NOT NULL,
  sample         TEXT    NOT NULL -- as in outbox
) STRICT;
