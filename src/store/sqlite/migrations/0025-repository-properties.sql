-- Custom properties that repositories had last, by each of their names. The id stays when a repository is renamed.
CREATE TABLE repository_properties (
  name          TEXT    PRIMARY KEY,
  repository_id INTEGER,
  properties    TEXT    NOT NULL, -- JSON
  at_ms         INTEGER NOT NULL  -- when that was so
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_properties_by_id ON repository_properties (repository_id);
