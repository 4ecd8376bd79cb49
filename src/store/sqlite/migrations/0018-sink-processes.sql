-- What a receiver has taken stays for a while, because it may forget the latest of it when it crashes.
ALTER TABLE sinks ADD COLUMN taken_seq INTEGER NOT NULL DEFAULT 0; -- it took what is before; after next_seq while that is sent again
ALTER TABLE sinks ADD COLUMN safe_seq  INTEGER NOT NULL DEFAULT 0; -- it keeps what is before, even if it crashes
ALTER TABLE sinks ADD COLUMN process   TEXT;                       -- start time of the process that took the latest; null: unknown
UPDATE sinks SET taken_seq = next_seq, safe_seq = next_seq;
