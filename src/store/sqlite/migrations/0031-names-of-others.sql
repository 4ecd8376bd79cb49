-- What is counted of jobs and runs under names of other exporters alone: src/domain/lifecycle/entry.ts, served.ts, run.ts.
ALTER TABLE jobs ADD COLUMN branch TEXT;
ALTER TABLE jobs ADD COLUMN is_own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN entries_counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN served_counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN progress_counted INTEGER NOT NULL DEFAULT 0;
