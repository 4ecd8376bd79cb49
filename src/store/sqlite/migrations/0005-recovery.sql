-- Moments to remember, by name: mostly, up to when everything of something is known.
CREATE TABLE marks (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Repositories that deliveries told of.
CREATE TABLE repositories (
  name         TEXT    PRIMARY KEY,
  last_seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO repositories SELECT repository, MAX(status_at_ms) FROM runs GROUP BY repository;
INSERT INTO repositories SELECT repository, MAX(status_at_ms) FROM jobs WHERE true GROUP BY repository
  ON CONFLICT DO UPDATE SET last_seen_ms = MAX(last_seen_ms, excluded.last_seen_ms);
