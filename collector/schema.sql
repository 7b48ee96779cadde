-- The collector's store. Times of a run are nanoseconds of its boot time; *_wall_ns are nanoseconds
-- since 1970 by the collector's clock; streams, qualities, reasons and severities are their numbers
-- on the wire (docs/chunk-format.md).

CREATE TABLE gateway (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)),
  run BLOB,  -- the present one, by its hello or status
  version TEXT NOT NULL DEFAULT '',
  config_hash TEXT NOT NULL DEFAULT '',
  seen_wall_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  gateway INTEGER NOT NULL REFERENCES gateway,
  run BLOB NOT NULL CHECK (length(run) = 16),
  boot TEXT NOT NULL DEFAULT '',
  version TEXT NOT NULL DEFAULT '',
  config_hash TEXT NOT NULL DEFAULT '',
  started_ns INTEGER,
  ended_ns INTEGER,
  produced INTEGER,  -- readings, by its own count; known once it has ended well
  seen_wall_ns INTEGER NOT NULL,
  safe_mode TEXT NOT NULL DEFAULT '',  -- why it began in safe mode; empty: it did not
  UNIQUE (gateway, run)
) STRICT;

CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  stream INTEGER NOT NULL CHECK (stream BETWEEN 0 AND 3),
  chunks INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0,
  unreadable INTEGER NOT NULL DEFAULT 0,
  last_ns INTEGER,  -- latest stamp
  UNIQUE (run, stream)
) STRICT;

-- Settled keys: sorted, disjoint, non-adjacent intervals. Together they are exactly the keys of
-- `chunk` and those that gap records resolved.
CREATE TABLE settled (
  stream INTEGER NOT NULL REFERENCES stream,
  resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),  -- by a gap record; else held
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  check_sum INTEGER NOT NULL,  -- of the chunks' checksums, modulo 2^64; 0 for resolved
  PRIMARY KEY (stream, resolved, first)
) STRICT, WITHOUT ROWID;

-- Never changed once written.
CREATE TABLE chunk (
  stream INTEGER NOT NULL REFERENCES stream,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  channel INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  readable INTEGER NOT NULL CHECK (readable IN (0, 1)),
  arrived_wall_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (stream, seq)
) STRICT;
CREATE INDEX chunk_by_time ON chunk (stream, first_ns, seq);

-- Chunks that came under a key that was taken by other bytes.
CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES stream,
  seq INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  arrived_wall_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- What the event stream says, unpacked.

CREATE TABLE channel (
  run INTEGER NOT NULL REFERENCES run,
  channel INTEGER NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  period_ns INTEGER NOT NULL,
  PRIMARY KEY (run, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
  run INTEGER NOT NULL REFERENCES run,
  alert INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (run, alert)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_event (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  time_ns INTEGER NOT NULL,
  alert INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  change INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  value REAL,  -- NULL: not a number
  count INTEGER NOT NULL
) STRICT;

CREATE TABLE clock (
  run INTEGER NOT NULL REFERENCES run,
  time_ns INTEGER NOT NULL,
  wall_ns INTEGER NOT NULL,
  uncertainty_ns INTEGER NOT NULL,
  synchronised INTEGER NOT NULL CHECK (synchronised IN (0, 1))
) STRICT;
CREATE INDEX clock_by_run ON clock (run, time_ns);

CREATE TABLE gap (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,  -- whose records are missing
  stream INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  channel INTEGER NOT NULL,  -- 65535: any
  first_seq INTEGER NOT NULL,  -- 0: no keys, only a span of time
  last_seq INTEGER NOT NULL,
  readings INTEGER NOT NULL,  -- as declared; 0: not known
  missing INTEGER NOT NULL,   -- of those, what did not arrive before the gap did
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  declared_by INTEGER NOT NULL REFERENCES run,
  declared_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_by_run ON gap (run, stream);

-- How drivers of polled channels do: 0 up, 1 degraded, 2 down.
CREATE TABLE driver_event (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  time_ns INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  state INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX driver_event_by_channel ON driver_event (run, channel, time_ns, id);
