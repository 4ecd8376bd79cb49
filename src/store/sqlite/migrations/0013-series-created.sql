-- When a series was first stored, for those who ask for the time of creation (metrics.created_timestamps).
ALTER TABLE series ADD COLUMN created_at_ms INTEGER;
