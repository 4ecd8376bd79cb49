-- Deployments, of GitHub Actions and of other tools (src/domain/lifecycle/deployment.ts).
CREATE TABLE deployments (
  deployment_id INTEGER PRIMARY KEY,
  repository TEXT NOT NULL,
  workflow TEXT NOT NULL,
  environment TEXT NOT NULL,
  environment_name TEXT NOT NULL,
  ref TEXT,
  head_sha TEXT,
  run_id INTEGER,
  run_attempt INTEGER,
  run_started_at_ms INTEGER,
  job_id INTEGER,
  created_at_ms INTEGER,
  status TEXT NOT NULL,
  status_id INTEGER NOT NULL,
  status_at_ms INTEGER NOT NULL,
  success_at_ms INTEGER,
  failure_at_ms INTEGER,
  error_at_ms INTEGER,
  inactive_at_ms INTEGER,
  heard_at_ms INTEGER NOT NULL,
  made_at_ms INTEGER NOT NULL,
  last_event_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deployments_of_run ON deployments (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX deployments_by_time ON deployments (made_at_ms, deployment_id);
CREATE INDEX deployments_by_last_event ON deployments (last_event_ms);

-- The reviews that jobs with an environment wait for.
CREATE TABLE deployment_reviews (
  job_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  repository TEXT NOT NULL,
  environment TEXT NOT NULL,
  environment_name TEXT NOT NULL,
  run_id INTEGER NOT NULL,
  run_attempt INTEGER NOT NULL,
  created_at_ms INTEGER,
  status TEXT NOT NULL,
  status_at_ms INTEGER NOT NULL,
  approved_at_ms INTEGER,
  rejected_at_ms INTEGER,
  heard_at_ms INTEGER NOT NULL,
  last_event_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deployment_reviews_of_run ON deployment_reviews (run_id);
CREATE INDEX deployment_reviews_by_last_event ON deployment_reviews (last_event_ms);
