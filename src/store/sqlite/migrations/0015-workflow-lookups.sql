-- Housekeeping looks for quiet workflows every second, and the first run of a workflow for what is known by the repository's name.
CREATE INDEX workflows_heard ON workflows (heard_at_ms);
CREATE INDEX workflows_of_repository ON workflows (repository_key);
