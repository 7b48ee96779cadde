-- From version 5.

CREATE TABLE active_alert (
  name TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  boot TEXT NOT NULL,
  raised_ns INTEGER NOT NULL,
  step_ns INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  count INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1)),
  escalated INTEGER NOT NULL CHECK (escalated IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  boot TEXT NOT NULL,
  taken_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE rollup (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  channel INTEGER NOT NULL,
  upto_ns INTEGER NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  aligned INTEGER NOT NULL CHECK (aligned IN (0, 1)),
  PRIMARY KEY (run, channel)
) STRICT, WITHOUT ROWID;
