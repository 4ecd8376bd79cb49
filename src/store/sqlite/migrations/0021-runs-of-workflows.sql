-- The last runs of a workflow are read for each row of a table.
CREATE INDEX finished_runs_of_workflow ON finished_run_facts (repository, workflow, ended_at_ms);
