-- From version 3.

DROP INDEX pending_chunk;
CREATE INDEX pending_chunk ON chunk (stream, position) WHERE promoted IS NULL;
CREATE TABLE channel (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  channel INTEGER NOT NULL,
  name TEXT NOT NULL,
  period_ns INTEGER NOT NULL,
  PRIMARY KEY (run, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  time_ns INTEGER NOT NULL,
  wall_ns INTEGER NOT NULL,
  PRIMARY KEY (run, time_ns)
) STRICT, WITHOUT ROWID;
CREATE TABLE recording (
  id INTEGER PRIMARY KEY,
  boot TEXT NOT NULL,
  channel TEXT NOT NULL,
  from_ns INTEGER NOT NULL,
  to_ns INTEGER NOT NULL CHECK (to_ns >= from_ns)
) STRICT;
CREATE TABLE request (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  command BLOB NOT NULL,
  answer BLOB
) STRICT;
