-- Observations in the order in which they came, so that those of a transaction are on the same pages: by run, each was on another one.
ALTER TABLE observations RENAME TO observations_by_run;
DROP INDEX observations_of_job;
CREATE TABLE observations (
  run_id INTEGER NOT NULL,
  job_id INTEGER NOT NULL, -- 0: of the run itself
  number INTEGER PRIMARY KEY,
  entry  TEXT    NOT NULL -- a JSON array, see src/store/observation-entry.ts
) STRICT;
-- Before the rows: to make them of many rows would take much memory.
CREATE INDEX observations_of_run ON observations (run_id);
CREATE INDEX observations_of_job ON observations (job_id) WHERE job_id <> 0;
INSERT INTO observations SELECT run_id, job_id, NULL, entry FROM observations_by_run ORDER BY run_id, number, job_id;
DROP TABLE observations_by_run;
