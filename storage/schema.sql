-- The gateway's buffer. Written by one connection only (storage/store.hpp); times are nanoseconds of
-- the run's boot time; a stream is its number on the wire.
--
-- The newest version of the schema. What changes here changes in storage/migrations too, where every
-- version that was ever released has its way to the next one.

-- One start of the process. Rows refer to it by its small number.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  run BLOB NOT NULL UNIQUE CHECK (length(run) = 16),
  boot TEXT NOT NULL,
  -- 0: open, 1: it said goodbye, 2: it did not, and a later run has recovered it.
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
  -- Latest stamp of a reading in a chunk, or the start; the frames may hold later ones.
  last_durable_ns INTEGER NOT NULL,
  -- Its commits are numbered. The newest one that left no frame, and the newest that sealed the hot
  -- tail: frames of earlier ones are leftovers.
  last_commit INTEGER NOT NULL DEFAULT 0,
  sealed_commit INTEGER NOT NULL DEFAULT 0,
  -- The event record that closes it: a run by its number, and the key there. It is forgotten once
  -- the collector has that, and has been asked about the run once more.
  closing_run INTEGER,
  closing_seq INTEGER
) STRICT;

-- The key last given, and where the readings are that ever got one (streams other than raw: 0).
-- stored = pending + delivered + dropped. A dropped chunk is one that has a tombstone.
CREATE TABLE stream (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stream INTEGER NOT NULL CHECK (stream BETWEEN 0 AND 3),
  last_seq INTEGER NOT NULL DEFAULT 0,
  pending_chunks INTEGER NOT NULL DEFAULT 0 CHECK (pending_chunks >= 0),
  stored INTEGER NOT NULL DEFAULT 0 CHECK (stored >= 0),
  pending INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
  delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
  dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped >= 0),
  dropped_chunks INTEGER NOT NULL DEFAULT 0 CHECK (dropped_chunks >= 0),
  -- Of those and of their readings, what no gap record in the event stream tells of yet.
  undeclared_chunks INTEGER NOT NULL DEFAULT 0 CHECK (undeclared_chunks >= 0),
  undeclared INTEGER NOT NULL DEFAULT 0 CHECK (undeclared >= 0),
  -- No chunk reaches over more time: one that reaches into a span begins this much before it or
  -- later.
  span_max_ns INTEGER NOT NULL DEFAULT 0 CHECK (span_max_ns >= 0),
  -- What the collector has and is still here: chunks, and readings, which are among `delivered`.
  kept_chunks INTEGER NOT NULL DEFAULT 0 CHECK (kept_chunks >= 0),
  kept INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0),
  -- Of a run that is closed: up to this key the collector was asked once more, and had everything.
  confirmed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, stream)
) STRICT, WITHOUT ROWID;

-- Chunks that are pending, and those that are kept: settled as held by the collector, and here in
-- case that it loses them. Nothing in a row says which it is, so that nothing of it is written when
-- that changes: a pending one has a row in `pending`, a kept one's key is in `settled`. A pinned one
-- is a gap record of ours: dropping it would leave keys that are neither stored nor declared. A
-- promoted one is in another lane than its stream says: 0, that of alerts, or 3, that of readings
-- asked for.
CREATE TABLE chunk (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  channel INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
  bytes BLOB NOT NULL,
  promoted INTEGER CHECK (promoted IN (0, 3)),
  UNIQUE (run, stream, seq)
) STRICT;
-- One channel's chunks in time, by slots of 2^34 ns (17 s). With the channel in front every chunk of
-- a seal would touch a page of its own; so all of them go to the few pages of the present slot.
CREATE INDEX chunk_by_time ON chunk (run, stream, first_ns >> 34, channel, first_ns);

-- What is to be sent, lane by lane (core/lane.hpp), in the order of its coming. Kept by what follows
-- as far as chunks come, go or change their lane; an acknowledgement takes rows out.
CREATE TABLE pending (
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER chunk_enters AFTER INSERT ON chunk BEGIN
  INSERT INTO pending VALUES
    (coalesce(NEW.promoted, NEW.stream + 1 + (NEW.stream > 1)), NEW.position, length(NEW.bytes));
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + length(NEW.bytes) WHERE lane = 6;
END;
-- A damaged row may have another length than it came with: of a lane that is empty nothing is left.
CREATE TRIGGER chunk_leaves AFTER DELETE ON chunk BEGIN
  DELETE FROM pending
    WHERE lane = coalesce(OLD.promoted, OLD.stream + 1 + (OLD.stream > 1))
    AND position = OLD.position;
  UPDATE lane SET chunks = chunks - 1,
    bytes = iif(chunks > 1, max(bytes - length(OLD.bytes), 0), 0) WHERE lane = 6;
END;
CREATE TRIGGER chunk_changes_lane AFTER UPDATE OF stream, bytes, promoted ON chunk BEGIN
  UPDATE pending SET lane = coalesce(NEW.promoted, NEW.stream + 1 + (NEW.stream > 1)),
    bytes = length(NEW.bytes)
    WHERE lane = coalesce(OLD.promoted, OLD.stream + 1 + (OLD.stream > 1))
    AND position = OLD.position;
  UPDATE lane SET bytes = max(bytes - length(OLD.bytes), 0) + length(NEW.bytes) WHERE lane = 6;
END;

-- What is in each lane, and, as 6, in the table of chunks, with those that are kept: so that nobody
-- has to count.
CREATE TABLE lane (
  lane INTEGER PRIMARY KEY CHECK (lane BETWEEN 0 AND 6),
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
INSERT INTO lane
  VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0);
CREATE TRIGGER pending_enters AFTER INSERT ON pending BEGIN
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + NEW.bytes WHERE lane = NEW.lane;
END;
CREATE TRIGGER pending_leaves AFTER DELETE ON pending BEGIN
  UPDATE lane SET chunks = chunks - 1, bytes = iif(chunks > 1, max(bytes - OLD.bytes, 0), 0)
    WHERE lane = OLD.lane;
END;
CREATE TRIGGER pending_changes_lane AFTER UPDATE OF lane, bytes ON pending BEGIN
  UPDATE lane SET chunks = chunks - 1, bytes = iif(chunks > 1, max(bytes - OLD.bytes, 0), 0)
    WHERE lane = OLD.lane;
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + NEW.bytes WHERE lane = NEW.lane;
END;

-- What is left of chunks that lost their bytes, until the collector has said whether it got the
-- chunk or its gap record: rows of keys that follow each other, with 8 bytes for each key: checksum
-- and readings, little-endian. One that is not declared is itself the durable record of the gap,
-- which goes into the event stream when somebody is there to hear of it.
CREATE TABLE tombstone (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  reason INTEGER NOT NULL,  -- of the gap, its number on the wire
  declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  members BLOB NOT NULL CHECK (length(members) = 8 * (last - first + 1)),
  record INTEGER,  -- position of the gap record that declares them, unless an old version wrote it
  UNIQUE (run, stream, first)
) STRICT;
CREATE INDEX undeclared_tombstone ON tombstone (run, stream, first) WHERE declared = 0;
CREATE INDEX tombstone_record ON tombstone (record) WHERE record IS NOT NULL;

-- The hot tail: one frame per commit, until it is sealed into chunks.
CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  count INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  commit_number INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Keys the collector has settled: disjoint intervals, joined where neighbours are of one kind, with
-- the sum of their chunks' checksums modulo 2^64. The kinds stay apart because acknowledgements tell
-- them apart: a later one then holds whole intervals of an earlier one.
CREATE TABLE settled (
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  check_sum INTEGER NOT NULL,
  resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),  -- by a gap record; else held
  PRIMARY KEY (run, stream, first),
  FOREIGN KEY (run, stream) REFERENCES stream ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What was durable and is gone, and its checksums with it: keys of a run and stream, or, when first is
-- 0, readings that had none yet. Lost here, or by the collector after they had been settled and
-- erased. A row that is not declared is itself the durable record of the gap; one that is declared
-- goes to `settled` once the collector says what became of its keys.
CREATE TABLE missing (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stream INTEGER NOT NULL CHECK (stream BETWEEN 0 AND 3),
  first INTEGER NOT NULL CHECK (first >= 0),
  last INTEGER NOT NULL CHECK (last >= first),
  readings INTEGER NOT NULL CHECK (readings >= 0),  -- 0 when it cannot be known
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  declared INTEGER NOT NULL DEFAULT 0 CHECK (declared IN (0, 1)),  -- by a gap record
  reason INTEGER NOT NULL DEFAULT 3,  -- of the gap, its number on the wire
  record INTEGER  -- position of the gap record that declares them
) STRICT;
CREATE INDEX missing_key ON missing (run, stream, first);
CREATE INDEX missing_record ON missing (record) WHERE record IS NOT NULL;

-- The newest chunks whose checksum turned out to be wrong, for people to look at. Their keys are
-- missing.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  run BLOB NOT NULL,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- What each run calls its channels, and at what times of its boot it was what time of day by a clock
-- that was trusted: so that readings can be asked for by name and wall time.
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

-- How far each run's channels have been rolled up: windows that end by then are in chunks of the
-- stream of rollups, or had no reading. `aligned`: to wall time, which was known.
CREATE TABLE rollup (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  channel INTEGER NOT NULL,
  upto_ns INTEGER NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  aligned INTEGER NOT NULL CHECK (aligned IN (0, 1)),
  PRIMARY KEY (run, channel)
) STRICT, WITHOUT ROWID;

-- Spans around alerts: raw chunks that reach into one are promoted when they are stored. In the time
-- of a boot, for the readings may be those of the next run.
CREATE TABLE recording (
  id INTEGER PRIMARY KEY,
  boot TEXT NOT NULL,
  channel TEXT NOT NULL,  -- its name; empty: all channels
  from_ns INTEGER NOT NULL,
  to_ns INTEGER NOT NULL CHECK (to_ns >= from_ns)
) STRICT;

-- Commands of the far side, as they came, and what was answered; NULL: it is not done yet.
CREATE TABLE request (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  command BLOB NOT NULL,
  answer BLOB
) STRICT;

-- Runs that are closed and forgotten, by the last key of each stream. When the collector turns out
-- to have lost anything it may have lost some of theirs too, and nobody else knows of them: then all
-- of them are closed again.
CREATE TABLE closed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run BLOB NOT NULL CHECK (length(run) = 16),
  last_event INTEGER NOT NULL,
  last_rollup INTEGER NOT NULL,
  last_raw INTEGER NOT NULL,
  last_rejected INTEGER NOT NULL,
  due INTEGER NOT NULL CHECK (due IN (0, 1))  -- to be closed, or to be closed again
) STRICT;
CREATE INDEX due_closed ON closed (id) WHERE due = 1;

-- What became of the readings of runs that are settled and forgotten. One row.
CREATE TABLE past (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  delivered INTEGER NOT NULL,
  dropped INTEGER NOT NULL
) STRICT;
INSERT INTO past VALUES (1, 0, 0);

-- Alerts that are active, each as its last step left it, written with the record of that step: so
-- that the next run neither raises them once more nor forgets to end them. `rule` is in words; one
-- that has changed is another rule. Times are of `boot`.
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

-- What filters, conditions, windows and detectors remembered at `taken_ns` of `boot`, as
-- app/checkpoint packs it. One row, or none.
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  boot TEXT NOT NULL,
  taken_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
