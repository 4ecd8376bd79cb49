-- When GitHub said that it does not know the job or run (any more): src/domain/lifecycle/gone.ts.
ALTER TABLE jobs ADD COLUMN gone_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN gone_at_ms INTEGER;
