-- The history once more, for questions about long windows: all values of a column in one hour are one value here. Made from the tables of
-- facts, hour by hour, and can be made again at any time (docs/decisions/0022-packed-history.md).

-- Which hours are packed. Null: facts were added to it since, so that the tables have to be read.
CREATE TABLE packed_hours (
  fact TEXT    NOT NULL, -- the name of its table
  hour INTEGER NOT NULL, -- since the epoch
  size INTEGER,          -- how many facts
  PRIMARY KEY (fact, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX packed_hours_to_repeat ON packed_hours (fact, hour) WHERE size IS NULL;

CREATE TABLE packed_columns (
  fact   TEXT    NOT NULL,
  name   TEXT    NOT NULL, -- of the column
  hour   INTEGER NOT NULL,
  packed BLOB    NOT NULL, -- 64-bit floats, NaN for null; of numbers of names, 32-bit integers, 0 for null. In the byte order of the machine
  PRIMARY KEY (fact, name, hour)
) STRICT;
