-- Short texts to remember, by name: where a pass of recovery was cut off.
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
