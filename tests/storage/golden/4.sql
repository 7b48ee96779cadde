-- A buffer of schema version 4, as its program left it: an earlier run that said goodbye, of which
-- the first raw chunk is delivered, the second dropped and declared, and the third pending; its first
-- event chunk has an alert in it, the second is the gap record. And the run after it, with a pending
-- chunk that was asked for, and a frame. Released; never changed any more.
PRAGMA page_size = 1024;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  run BLOB NOT NULL UNIQUE CHECK (length(run) = 16),
  boot TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
  last_durable_ns INTEGER NOT NULL,
  last_commit INTEGER NOT NULL DEFAULT 0,
  sealed_commit INTEGER NOT NULL DEFAULT 0
) STRICT;
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
  undeclared_chunks INTEGER NOT NULL DEFAULT 0 CHECK (undeclared_chunks >= 0),
  undeclared INTEGER NOT NULL DEFAULT 0 CHECK (undeclared >= 0),
  span_max_ns INTEGER NOT NULL DEFAULT 0 CHECK (span_max_ns >= 0),
  PRIMARY KEY (run, stream)
) STRICT, WITHOUT ROWID;
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
CREATE INDEX pending_chunk ON chunk (stream, position) WHERE promoted IS NULL;
CREATE INDEX promoted_chunk ON chunk (promoted, position) WHERE promoted IS NOT NULL;
CREATE INDEX chunk_by_time ON chunk (run, stream, first_ns >> 34, channel, first_ns);
CREATE TABLE lane (
  lane INTEGER PRIMARY KEY CHECK (lane BETWEEN 0 AND 5),
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
INSERT INTO lane VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0);
CREATE TRIGGER chunk_enters AFTER INSERT ON chunk BEGIN
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + length(NEW.bytes)
    WHERE lane = coalesce(NEW.promoted, NEW.stream + 1 + (NEW.stream > 1));
END;
CREATE TRIGGER chunk_leaves AFTER DELETE ON chunk BEGIN
  UPDATE lane SET chunks = chunks - 1,
    bytes = iif(chunks > 1, max(bytes - length(OLD.bytes), 0), 0)
    WHERE lane = coalesce(OLD.promoted, OLD.stream + 1 + (OLD.stream > 1));
END;
CREATE TRIGGER chunk_changes_lane AFTER UPDATE OF stream, bytes, promoted ON chunk BEGIN
  UPDATE lane SET chunks = chunks - 1,
    bytes = iif(chunks > 1, max(bytes - length(OLD.bytes), 0), 0)
    WHERE lane = coalesce(OLD.promoted, OLD.stream + 1 + (OLD.stream > 1));
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + length(NEW.bytes)
    WHERE lane = coalesce(NEW.promoted, NEW.stream + 1 + (NEW.stream > 1));
END;
CREATE TABLE tombstone (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  reason INTEGER NOT NULL,
  declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  members BLOB NOT NULL CHECK (length(members) = 8 * (last - first + 1)),
  UNIQUE (run, stream, first)
) STRICT;
CREATE INDEX undeclared_tombstone ON tombstone (run, stream, first) WHERE declared = 0;
CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  count INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  commit_number INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE settled (
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  check_sum INTEGER NOT NULL,
  resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
  PRIMARY KEY (run, stream, first),
  FOREIGN KEY (run, stream) REFERENCES stream ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE missing (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stream INTEGER NOT NULL CHECK (stream BETWEEN 0 AND 3),
  first INTEGER NOT NULL CHECK (first >= 0),
  last INTEGER NOT NULL CHECK (last >= first),
  readings INTEGER NOT NULL CHECK (readings >= 0),
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  declared INTEGER NOT NULL DEFAULT 0 CHECK (declared IN (0, 1))
) STRICT;
CREATE INDEX missing_key ON missing (run, stream, first);
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
CREATE TABLE past (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  delivered INTEGER NOT NULL,
  dropped INTEGER NOT NULL
) STRICT;
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
INSERT INTO run VALUES
  (1, X'01010101010101010101010101010101', 'boot', 1, 7, 2, 2),
  (2, X'02020202020202020202020202020202', 'boot', 0, 8, 1, 0);
INSERT INTO stream VALUES
  (1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1),
  (1, 2, 3, 1, 18, 7, 5, 6, 1, 0, 0, 7),
  (2, 2, 1, 1, 8, 8, 0, 0, 0, 0, 0, 8);
INSERT INTO chunk VALUES
  (3, 1, 2, 3, 1, 7, 0, 7, 895141168, 0, X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5', NULL),
  (4, 1, 0, 1, 65535, 1, 0, 1, 1567426595, 0, X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5', 0),
  (5, 1, 0, 2, 65535, 1, 0, 1, 172958833, 1, X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5', NULL),
  (6, 2, 2, 1, 1, 8, 0, 8, 764983796, 0, X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5', 3);
INSERT INTO tombstone VALUES
  (1, 1, 2, 2, 2, 2, 1, 0, 0, X'9bb39a1f06000000');
INSERT INTO frame VALUES
  (1, 2, 9, 50, X'070707070707070707070707070707070707070707070707070707070707', 2);
INSERT INTO settled VALUES
  (1, 2, 1, 1, 1624909926, 0);
INSERT INTO channel VALUES
  (1, 1, 'boiler', 1000000000),
  (2, 1, 'boiler', 1000000000);
INSERT INTO clock VALUES
  (1, 3, 1764500000000000000);
INSERT INTO recording VALUES
  (1, 'boot', 'boiler', 0, 9);
INSERT INTO request VALUES (1, 'r1', X'00', NULL);
INSERT INTO past VALUES
  (1, 0, 0);
PRAGMA application_id = 0x536C7563;
PRAGMA user_version = 4;
COMMIT;
