-- Works beside code that knows schema 1.

-- One row: what was last done of this folder, and the oldest schema that a process must know to work with it.
CREATE TABLE schema (
  version INTEGER NOT NULL,
  oldest  INTEGER NOT NULL
);
INSERT INTO schema VALUES (1, 1);

-- One row. Every transaction that writes locks this table first, so there is one order of all of them (docs/decisions/0025).
-- What changes with each transaction is in the row of changes that it adds: versions of a row that somebody may still see
-- would pile up here, and all be looked at.
CREATE TABLE head (
  packed_from BIGINT NOT NULL, -- facts of these hours since the epoch, the first until before the last, are in packed_hours
  packed_to   BIGINT NOT NULL
);
INSERT INTO head VALUES (0, 0);

-- What each transaction added to the numbers, for the other replicas, which read it in order. Kept for some minutes.
CREATE TABLE changes (
  seq          BIGINT      PRIMARY KEY,
  token        BIGINT      NOT NULL, -- random: after a fail-over that lost something, the same seq may be another transaction
  form         INTEGER     NOT NULL, -- of entry: a replica that does not know it has to be replaced
  committed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  entry        TEXT        NOT NULL, -- JSON, see change-entry.ts
  -- As they are after it.
  next_series_id  BIGINT   NOT NULL,
  next_sample_seq BIGINT   NOT NULL, -- the place of the next sample in the outbox
  outbox_bytes    BIGINT   NOT NULL,
  next_span_seq   BIGINT   NOT NULL, -- the place of the next span in the trace outbox
  trace_outbox_bytes BIGINT NOT NULL
);
INSERT INTO changes (seq, token, form, entry, next_series_id, next_sample_seq, outbox_bytes, next_span_seq, trace_outbox_bytes)
  VALUES (1, 0, 1, '{}', 1, 1, 0, 1, 0);

-- The processes that use this database.
CREATE TABLE replicas (
  id          BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host        TEXT        NOT NULL,
  version     TEXT        NOT NULL,
  config_hash TEXT        NOT NULL,
  started_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  expires_at  TIMESTAMPTZ NOT NULL,
  behind      BIGINT      NOT NULL DEFAULT 0,    -- how many transactions it had not followed when it was last heard of
  sinks       TEXT[]      NOT NULL DEFAULT '{}', -- receivers that its configuration names
  trace_sinks TEXT[]      NOT NULL DEFAULT '{}'
) WITH (fillfactor = 10);

-- Who does what only one may do at a time.
CREATE TABLE leases (
  name       TEXT        PRIMARY KEY,
  replica_id BIGINT      NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 10);

-- Accepted and not processed yet, first in, first out. Each belongs to the replica that processes it; what belongs to
-- none that is in replicas, the leader takes over. Failed ones move to failed_deliveries, so that this table is only
-- ever read from its head.
CREATE TABLE deliveries (
  id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  replica_id     BIGINT NOT NULL,
  guid           TEXT   NOT NULL,
  event          TEXT   NOT NULL,
  action         TEXT   NOT NULL,
  source         TEXT   NOT NULL,
  received_at_ms BIGINT NOT NULL,
  payload        TEXT   NOT NULL
);
CREATE INDEX deliveries_of_replica ON deliveries (replica_id, id);

-- Those whose processing failed: to be tried again at due_at_ms, or given up at parked_at_ms.
CREATE TABLE failed_deliveries (
  id             BIGINT  PRIMARY KEY,
  replica_id     BIGINT  NOT NULL,
  guid           TEXT    NOT NULL,
  event          TEXT    NOT NULL,
  action         TEXT    NOT NULL,
  source         TEXT    NOT NULL,
  received_at_ms BIGINT  NOT NULL,
  payload        TEXT    NOT NULL,
  attempts       INTEGER NOT NULL,
  error          TEXT    NOT NULL,
  due_at_ms      BIGINT  NOT NULL,
  parked_at_ms   BIGINT
);
CREATE INDEX failed_deliveries_of_replica ON failed_deliveries (replica_id);
CREATE INDEX failed_deliveries_due ON failed_deliveries (due_at_ms) WHERE parked_at_ms IS NULL;
CREATE INDEX failed_deliveries_parked ON failed_deliveries (parked_at_ms) WHERE parked_at_ms IS NOT NULL;

-- Delivery ids that were accepted, to know a redelivery. The key is the id in the order of its time, see seen-key.ts.
CREATE TABLE seen_deliveries (
  key        BYTEA  PRIMARY KEY,
  seen_at_ms BIGINT NOT NULL
);

CREATE TABLE jobs (
  job_id             BIGINT   PRIMARY KEY,
  run_id             BIGINT   NOT NULL,
  run_attempt        INTEGER  NOT NULL,
  repository         TEXT     NOT NULL,
  workflow           TEXT     NOT NULL,
  name               TEXT     NOT NULL,
  status             TEXT     NOT NULL,
  conclusion         TEXT,
  is_job             SMALLINT NOT NULL,
  has_started        SMALLINT NOT NULL,
  created_at_ms      BIGINT,
  started_at_ms      BIGINT,
  completed_at_ms    BIGINT,
  runs_on            TEXT     NOT NULL, -- a JSON array of the labels asked for
  runner_id          BIGINT,
  runner_name        TEXT,
  runner_group       TEXT,
  head_branch        TEXT,
  head_sha           TEXT,
  first_seen_at_ms   BIGINT   NOT NULL,
  status_at_ms       BIGINT   NOT NULL,
  waited_at_ms       BIGINT,
  queued_at_ms       BIGINT,
  released_at_ms     BIGINT,
  in_queue_at_ms     BIGINT,
  has_environment    SMALLINT NOT NULL,
  held_until_ms      BIGINT,
  held_labels        TEXT,
  open_spans         TEXT,
  queue_counted      SMALLINT NOT NULL,
  approval_counted   SMALLINT NOT NULL,
  completion_counted SMALLINT NOT NULL,
  is_cause_open      SMALLINT NOT NULL,
  flaky_counted      INTEGER  NOT NULL,
  gone_at_ms         BIGINT,
  confirmed_at_ms    BIGINT,
  queue_ms           BIGINT,
  duration_ms        BIGINT,
  micro_dollars      BIGINT,
  repeat_counted     SMALLINT NOT NULL,
  is_reason_open     SMALLINT NOT NULL,
  reason             TEXT, -- JSON of the reason and the exit code
  branch             TEXT, -- its class
  is_own             SMALLINT NOT NULL,
  entries_counted    INTEGER  NOT NULL,
  served_counted     SMALLINT NOT NULL,
  -- What the rules say of the state, to find and to group rows by.
  began_at_ms        BIGINT,
  stale_after_ms     BIGINT,
  is_gone            SMALLINT NOT NULL,
  last_event_ms      BIGINT   NOT NULL,
  is_open            SMALLINT NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX jobs_held ON jobs (held_until_ms) WHERE held_until_ms IS NOT NULL;
CREATE INDEX jobs_of_run ON jobs (run_id, left(name, 200)); -- a row of a b-tree has at most 2700 bytes
CREATE INDEX jobs_active ON jobs (status, job_id) WHERE status <> 'completed';
CREATE INDEX jobs_unexplained ON jobs (status_at_ms, job_id) WHERE is_reason_open = 1;
CREATE INDEX jobs_ended ON jobs (completed_at_ms, created_at_ms, queue_ms, duration_ms)
  WHERE status = 'completed' AND completion_counted = 1;

CREATE TABLE runs (
  run_id             BIGINT   NOT NULL,
  run_attempt        INTEGER  NOT NULL,
  run_number         BIGINT,
  repository_id      BIGINT,
  repository         TEXT     NOT NULL,
  workflow           TEXT     NOT NULL,
  workflow_file      TEXT,
  status             TEXT     NOT NULL,
  conclusion         TEXT,
  event              TEXT     NOT NULL,
  branch             TEXT     NOT NULL,
  head_branch        TEXT,
  head_sha           TEXT,
  created_at_ms      BIGINT,
  run_started_at_ms  BIGINT,
  updated_at_ms      BIGINT,
  first_seen_at_ms   BIGINT   NOT NULL,
  status_at_ms       BIGINT   NOT NULL,
  completion_counted SMALLINT NOT NULL,
  held_counted       SMALLINT NOT NULL,
  progress_counted   SMALLINT NOT NULL,
  gone_at_ms         BIGINT,
  confirmed_at_ms    BIGINT,
  settles_at_ms      BIGINT,
  queue_ms           BIGINT,
  rerun_kind         TEXT,
  settle_labels      TEXT,
  began_at_ms        BIGINT,
  stale_after_ms     BIGINT,
  is_gone            SMALLINT NOT NULL,
  last_event_ms      BIGINT   NOT NULL,
  is_open            SMALLINT NOT NULL,
  PRIMARY KEY (run_id, run_attempt)
) WITH (fillfactor = 70);
CREATE INDEX runs_settling ON runs (settles_at_ms) WHERE settles_at_ms IS NOT NULL;
CREATE INDEX runs_active ON runs (status) WHERE status <> 'completed';
CREATE INDEX runs_by_branch ON runs (branch, event, run_id, run_attempt);

-- Deployments, of GitHub Actions and of other tools.
CREATE TABLE deployments (
  deployment_id BIGINT PRIMARY KEY,
  repository TEXT NOT NULL,
  workflow TEXT NOT NULL,
  environment TEXT NOT NULL,
  environment_name TEXT NOT NULL,
  ref TEXT,
  head_sha TEXT,
  run_id BIGINT,
  run_attempt INTEGER,
  run_started_at_ms BIGINT,
  job_id BIGINT,
  created_at_ms BIGINT,
  status TEXT NOT NULL,
  status_id BIGINT NOT NULL,
  status_at_ms BIGINT NOT NULL,
  success_at_ms BIGINT,
  failure_at_ms BIGINT,
  error_at_ms BIGINT,
  inactive_at_ms BIGINT,
  heard_at_ms BIGINT NOT NULL,
  made_at_ms BIGINT NOT NULL,
  last_event_ms BIGINT NOT NULL
);
CREATE INDEX deployments_of_run ON deployments (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX deployments_by_time ON deployments (made_at_ms, deployment_id);
CREATE INDEX deployments_by_last_event ON deployments (last_event_ms);

-- The reviews that jobs with an environment wait for.
CREATE TABLE deployment_reviews (
  job_id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  repository TEXT NOT NULL,
  environment TEXT NOT NULL,
  environment_name TEXT NOT NULL,
  run_id BIGINT NOT NULL,
  run_attempt INTEGER NOT NULL,
  created_at_ms BIGINT,
  status TEXT NOT NULL,
  status_at_ms BIGINT NOT NULL,
  approved_at_ms BIGINT,
  rejected_at_ms BIGINT,
  heard_at_ms BIGINT NOT NULL,
  last_event_ms BIGINT NOT NULL
);
CREATE INDEX deployment_reviews_of_run ON deployment_reviews (run_id);
CREATE INDEX deployment_reviews_by_last_event ON deployment_reviews (last_event_ms);

-- All workflows of which runs were told: src/domain/workflow-state.ts.
CREATE TABLE workflows (
  key             TEXT    PRIMARY KEY,
  repository_key  TEXT    NOT NULL, -- the repository's id; its name where that was not told
  repository      TEXT    NOT NULL,
  workflow        TEXT    NOT NULL,
  file            TEXT,
  started_at_ms   BIGINT  NOT NULL, -- the run that started last, which told the names
  run_id          BIGINT  NOT NULL,
  run_attempt     INTEGER NOT NULL,
  last_run_ms     BIGINT,
  last_success_ms BIGINT,
  heard_at_ms     BIGINT  NOT NULL  -- when a run was last told
) WITH (fillfactor = 70);
CREATE INDEX workflows_heard ON workflows (heard_at_ms);
CREATE INDEX workflows_of_repository ON workflows (repository_key);

-- The failures on the default branch since the latest success: they outlive their runs.
CREATE TABLE workflow_failures (
  key         TEXT    NOT NULL,
  run_id      BIGINT  NOT NULL,
  run_attempt INTEGER NOT NULL,
  end_ms      BIGINT  NOT NULL,
  PRIMARY KEY (key, run_id, run_attempt)
);

-- What each delivery told of a run (job_id 0) or a job, and what it moved: for people who check a number.
CREATE TABLE observations (
  run_id  BIGINT NOT NULL,
  job_id  BIGINT NOT NULL,
  number  BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
  received_at_ms BIGINT NOT NULL,
  entry   TEXT   NOT NULL, -- a JSON array, see observation-entry.ts
  PRIMARY KEY (run_id, job_id, number)
);
CREATE INDEX observations_of_job ON observations (job_id) WHERE job_id <> 0;

-- The numbers: a series is a metric with its label values, a cell is one integer of it (src/domain/metric.ts).
CREATE TABLE series (
  id            BIGINT PRIMARY KEY, -- from changes, never used again
  metric        TEXT   NOT NULL,
  labels        TEXT   NOT NULL, -- a JSON array of the label values
  created_at_ms BIGINT
);

CREATE TABLE cells (
  series_id BIGINT  NOT NULL,
  cell      INTEGER NOT NULL,
  value     BIGINT  NOT NULL,
  PRIMARY KEY (series_id, cell)
) WITH (fillfactor = 50);

-- Numbers that jobs handed in: what each series holds. Names and labels are the jobs' own.
CREATE TABLE job_numbers (
  metric TEXT             NOT NULL,
  labels TEXT             NOT NULL, -- a JSON array of names and values in turn
  value  DOUBLE PRECISION NOT NULL CHECK (value <> 'NaN'),
  at_ms  BIGINT           NOT NULL, -- when the latest of it was told
  hash   BYTEA            NOT NULL GENERATED ALWAYS AS (sha256(replace(labels, chr(92), chr(92) || chr(92))::bytea)) STORED,
  PRIMARY KEY (metric, hash) -- labels may be longer than a row of a b-tree
) WITH (fillfactor = 50);

-- Samples to be pushed, those of one transaction in one row: first_seq is the place of its first sample. A row is removed
-- when all sinks are past it.
CREATE TABLE outbox (
  first_seq     BIGINT  PRIMARY KEY,
  count         INTEGER NOT NULL,
  bytes         BIGINT  NOT NULL, -- of samples
  written_at_ms BIGINT  NOT NULL,
  samples       TEXT    NOT NULL  -- a JSON array of [metric, label values, value, time in ms]
);

-- How far each receiver has come.
CREATE TABLE sinks (
  name      TEXT   PRIMARY KEY,
  next_seq  BIGINT NOT NULL, -- the place of the next sample that it is to get
  taken_seq BIGINT NOT NULL, -- it took what is before; after next_seq while that is sent again
  safe_seq  BIGINT NOT NULL, -- it keeps what is before, even if it crashes
  process   TEXT             -- start time of the process that took the latest; null: unknown
) WITH (fillfactor = 10);

-- Samples that a receiver refused for what they are, the latest few, for people to see.
CREATE TABLE dead_samples (
  id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sink           TEXT   NOT NULL,
  rejected_at_ms BIGINT NOT NULL,
  reason         TEXT   NOT NULL,
  sample         TEXT   NOT NULL -- as in outbox
);

-- Entries of traces to be exported, as samples are in outbox: places in it are spans, of which an entry has one or more.
CREATE TABLE trace_outbox (
  first_seq     BIGINT  PRIMARY KEY,
  count         INTEGER NOT NULL, -- of spans
  bytes         BIGINT  NOT NULL, -- of entries
  written_at_ms BIGINT  NOT NULL,
  entries       TEXT    NOT NULL  -- JSON, see packed-trace.ts
);

-- How far each endpoint has come, as sinks.
CREATE TABLE trace_sinks (
  name      TEXT   PRIMARY KEY,
  next_seq  BIGINT NOT NULL,
  taken_seq BIGINT NOT NULL,
  safe_seq  BIGINT NOT NULL,
  process   TEXT
) WITH (fillfactor = 10);

-- Entries that an endpoint refused for what they are, the latest few, for people to see.
CREATE TABLE dead_traces (
  id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sink           TEXT   NOT NULL,
  rejected_at_ms BIGINT NOT NULL,
  reason         TEXT   NOT NULL,
  entry          TEXT   NOT NULL -- as entries in trace_outbox, with one of them
);

-- Moments to remember, by name: mostly, up to when everything of something is known.
CREATE TABLE marks (
  name  TEXT   PRIMARY KEY,
  value BIGINT NOT NULL
) WITH (fillfactor = 50);

-- Short texts to remember, by name.
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
);

-- Repositories that deliveries told of.
CREATE TABLE repositories (
  name         TEXT   PRIMARY KEY,
  last_seen_ms BIGINT NOT NULL
);

-- Custom properties that repositories had last, by each of their names. The id stays when a repository is renamed.
CREATE TABLE repository_properties (
  name          TEXT   PRIMARY KEY,
  repository_id BIGINT,
  properties    TEXT   NOT NULL, -- JSON
  at_ms         BIGINT NOT NULL  -- when that was so
);
CREATE INDEX repository_properties_by_id ON repository_properties (repository_id);

-- The history, one row for each fact that a counter counted (src/domain/history.ts). Names are numbers of the table names.
CREATE TABLE names (
  id   INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name TEXT    NOT NULL,
  EXCLUDE USING hash (name WITH =) -- unique; a b-tree holds no name of more than 2700 bytes
);

CREATE TABLE started_job_facts (
  started_at_ms BIGINT  NOT NULL,
  job_id        BIGINT  NOT NULL,
  run_id        BIGINT  NOT NULL,
  run_attempt   INTEGER NOT NULL,
  repository    INTEGER NOT NULL,
  workflow      INTEGER NOT NULL,
  job_name      INTEGER NOT NULL,
  runs_on       INTEGER NOT NULL,
  queue_ms      BIGINT  NOT NULL,
  runner_group  INTEGER,
  PRIMARY KEY (started_at_ms, job_id)
);

CREATE TABLE finished_job_facts (
  ended_at_ms      BIGINT  NOT NULL,
  job_id           BIGINT  NOT NULL,
  run_id           BIGINT  NOT NULL,
  run_attempt      INTEGER NOT NULL,
  repository       INTEGER NOT NULL,
  workflow         INTEGER NOT NULL,
  job_name         INTEGER NOT NULL,
  runs_on          INTEGER NOT NULL,
  runner_group     INTEGER NOT NULL,
  conclusion       TEXT    NOT NULL,
  duration_ms      BIGINT, -- null: no runner took it, or its times are damaged
  sku              TEXT,   -- null: free, or its price is not known
  billed_seconds   BIGINT  NOT NULL,
  micro_dollars    BIGINT  NOT NULL,
  unpriced_seconds BIGINT  NOT NULL,
  wasted           TEXT,   -- repeated or cancelled: it ran for nothing
  PRIMARY KEY (ended_at_ms, job_id)
);

CREATE TABLE failed_job_facts (
  ended_at_ms  BIGINT  NOT NULL,
  job_id       BIGINT  NOT NULL,
  run_id       BIGINT  NOT NULL,
  run_attempt  INTEGER NOT NULL,
  repository   INTEGER NOT NULL,
  workflow     INTEGER NOT NULL,
  job_name     INTEGER NOT NULL,
  runs_on      INTEGER NOT NULL,
  cause        TEXT    NOT NULL,
  step         INTEGER, -- the first that failed, if one is known
  runner_group INTEGER,
  PRIMARY KEY (ended_at_ms, job_id)
);

CREATE TABLE explained_job_facts (
  ended_at_ms  BIGINT  NOT NULL,
  job_id       BIGINT  NOT NULL,
  run_id       BIGINT  NOT NULL,
  run_attempt  INTEGER NOT NULL,
  repository   INTEGER NOT NULL,
  workflow     INTEGER NOT NULL,
  job_name     INTEGER NOT NULL,
  runs_on      INTEGER NOT NULL,
  runner_group INTEGER NOT NULL,
  reason       TEXT    NOT NULL,
  exit_code    BIGINT, -- null: the reason is another one
  PRIMARY KEY (ended_at_ms, job_id)
);

CREATE TABLE flaky_job_facts (
  ended_at_ms  BIGINT  NOT NULL,
  job_id       BIGINT  NOT NULL,
  run_id       BIGINT  NOT NULL,
  run_attempt  INTEGER NOT NULL,
  repository   INTEGER NOT NULL,
  workflow     INTEGER NOT NULL,
  job_name     INTEGER NOT NULL,
  runs_on      INTEGER NOT NULL,
  times        INTEGER NOT NULL, -- how often it changed from failure to success
  runner_group INTEGER,
  PRIMARY KEY (ended_at_ms, job_id)
);

CREATE TABLE finished_run_facts (
  ended_at_ms BIGINT  NOT NULL,
  run_id      BIGINT  NOT NULL,
  run_attempt INTEGER NOT NULL,
  conclusion  TEXT    NOT NULL,
  repository  INTEGER NOT NULL,
  workflow    INTEGER NOT NULL,
  event       INTEGER NOT NULL,
  branch      INTEGER NOT NULL,
  duration_ms BIGINT, -- null: not known
  PRIMARY KEY (ended_at_ms, run_id, run_attempt, conclusion)
);
CREATE INDEX finished_runs_of_workflow ON finished_run_facts (repository, workflow, ended_at_ms);

CREATE TABLE job_steps (
  ended_at_ms BIGINT NOT NULL,
  job_id      BIGINT NOT NULL,
  steps       TEXT   NOT NULL,
  PRIMARY KEY (ended_at_ms, job_id)
);

-- The history once more, for questions about long windows: all values of a column in one hour are one value here. Made from
-- the tables of facts, hour by hour, and can be made again at any time (docs/decisions/0022-packed-history.md). Of the hours
-- that head tells, those that are not here have no facts.
CREATE TABLE packed_hours (
  fact     TEXT   NOT NULL, -- the name of its table
  hour     BIGINT NOT NULL, -- since the epoch
  size     INTEGER,         -- how many facts; null: some were added since, so that the table has to be read
  stale_by BIGINT NOT NULL, -- the transaction that added last
  PRIMARY KEY (fact, hour)
);
CREATE INDEX packed_hours_to_pack ON packed_hours (fact, hour) WHERE size IS NULL;

CREATE TABLE packed_columns (
  fact   TEXT   NOT NULL,
  hour   BIGINT NOT NULL,
  name   TEXT   NOT NULL, -- of the column
  packed BYTEA  NOT NULL, -- see packed-values.ts; numbers of names, and those of packed_words below 0
  PRIMARY KEY (fact, name, hour)
) WITH (toast_tuple_target = 8160);
ALTER TABLE packed_columns ALTER COLUMN packed SET STORAGE EXTERNAL;

-- Conclusions, causes and skus: few.
CREATE TABLE packed_words (
  id   INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  word TEXT    NOT NULL,
  EXCLUDE USING hash (word WITH =)
);

CREATE VIEW finished_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, conclusion, duration_ms, sku, billed_seconds, micro_dollars, unpriced_seconds,
    wasted
  FROM finished_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;
CREATE VIEW finished_runs AS
  SELECT ended_at_ms, run_id, run_attempt, conclusion, repository.name AS repository, workflow.name AS workflow, event.name AS event,
    branch.name AS branch, duration_ms
  FROM finished_run_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS event ON event.id = fact.event
    JOIN names AS branch ON branch.id = fact.branch;
CREATE VIEW started_jobs AS
  SELECT started_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, queue_ms
  FROM started_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;
CREATE VIEW failed_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, cause, step.name AS step
  FROM failed_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group
    LEFT JOIN names AS step ON step.id = fact.step;
CREATE VIEW explained_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, reason, exit_code
  FROM explained_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

CREATE VIEW flaky_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, times
  FROM flaky_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

-- Rows that are written over and over leave dead ones behind: these tables are vacuumed early.
ALTER TABLE head SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE changes SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE replicas SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE leases SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE sinks SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE trace_sinks SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE trace_outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE cells SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE runs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE seen_deliveries SET (autovacuum_vacuum_scale_factor = 0.05);
