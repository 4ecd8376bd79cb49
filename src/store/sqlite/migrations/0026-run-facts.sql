-- What only all jobs of an attempt show is counted a while after its end: src/domain/lifecycle/settle.ts.
ALTER TABLE runs ADD COLUMN settles_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN queue_ms INTEGER;
ALTER TABLE runs ADD COLUMN rerun_kind TEXT;
CREATE INDEX runs_settling ON runs (settles_at_ms) WHERE settles_at_ms IS NOT NULL;

-- Re-runs were counted when they were first reported, without their kind.
UPDATE runs SET rerun_kind = 'unknown' WHERE run_attempt > 1;
UPDATE series SET labels = json_insert(labels, '$[#]', 'unknown')
  WHERE metric = 'github_actions_reruns_total' AND json_array_length(labels) = 2;
