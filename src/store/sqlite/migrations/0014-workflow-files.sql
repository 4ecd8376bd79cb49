-- The state of a workflow is kept by the id of its repository and the path of its file: names may be shared, changed and taken over.
ALTER TABLE runs ADD COLUMN repository_id INTEGER;
ALTER TABLE runs ADD COLUMN workflow_file TEXT;
DROP INDEX runs_of_workflow;

ALTER TABLE workflows RENAME TO named_workflows;

-- All workflows of which runs were told: src/domain/workflow-state.ts.
CREATE TABLE workflows (
  key             TEXT    PRIMARY KEY,
  repository_key  TEXT    NOT NULL, -- the repository's id; its name where that was not told
  repository      TEXT    NOT NULL,
  workflow        TEXT    NOT NULL,
  file            TEXT,
  started_at_ms   INTEGER NOT NULL, -- the run that started last, which told the names
  run_id          INTEGER NOT NULL,
  run_attempt     INTEGER NOT NULL,
  last_run_ms     INTEGER,
  last_success_ms INTEGER,
  heard_at_ms     INTEGER NOT NULL  -- when a run was last told, by our clock
) STRICT, WITHOUT ROWID;

-- The failures on the default branch since the latest success: they outlive their runs.
CREATE TABLE workflow_failures (
  key         TEXT    NOT NULL,
  run_id      INTEGER NOT NULL,
  run_attempt INTEGER NOT NULL,
  end_ms      INTEGER NOT NULL,
  PRIMARY KEY (key, run_id, run_attempt)
) STRICT, WITHOUT ROWID;

-- Ids and files were not kept. The first run that is told with both takes over what is known of a workflow of its name.
INSERT INTO workflows
  SELECT repository || ' named ' || workflow, repository, repository, workflow, NULL,
    COALESCE(last_run_ms, 0), 0, 0, last_run_ms, last_success_ms, COALESCE(last_run_ms, 0)
  FROM named_workflows;
INSERT INTO workflow_failures
  SELECT repository || ' named ' || workflow, run_id, run_attempt, updated_at_ms
  FROM runs JOIN named_workflows USING (repository, workflow)
  WHERE branch = 'default' AND status = 'completed' AND updated_at_ms > COALESCE(last_success_ms, 0)
    AND conclusion IN ('failure', 'timed_out', 'startup_failure');
DROP TABLE named_workflows;
