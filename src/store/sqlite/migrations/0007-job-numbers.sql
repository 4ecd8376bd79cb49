-- Numbers that jobs handed in: what each series holds. Names and labels are the jobs' own.
CREATE TABLE job_numbers (
  metric TEXT    NOT NULL,
  labels TEXT    NOT NULL, -- a JSON array of names and values in turn
  value  REAL    NOT NULL,
  at_ms  INTEGER NOT NULL, -- when the latest of it was told
  PRIMARY KEY (metric, labels)
) STRICT, WITHOUT ROWID;
