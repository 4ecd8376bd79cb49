-- Which spans of a job that ended follow when it is certain what it waited.
ALTER TABLE jobs ADD COLUMN open_spans TEXT;
