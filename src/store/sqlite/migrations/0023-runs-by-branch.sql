-- For filters of the history by what only the run of a job holds.
CREATE INDEX runs_by_branch ON runs (branch, event, run_id, run_attempt);
