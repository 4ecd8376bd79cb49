-- When GitHub's API last said that the job or run is not over: src/domain/lifecycle/gone.ts.
ALTER TABLE jobs ADD COLUMN confirmed_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN confirmed_at_ms INTEGER;
