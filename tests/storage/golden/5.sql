-- A buffer of schema version 5, as its program made it of the one of version 4. Released; never
-- changed any more.
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
, closing_run INTEGER, closing_seq INTEGER) STRICT;
INSERT INTO run VALUES(1,X'01010101010101010101010101010101','boot',1,7,2,2,NULL,NULL);
INSERT INTO run VALUES(2,X'02020202020202020202020202020202','boot',0,8,1,0,NULL,NULL);
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
  span_max_ns INTEGER NOT NULL DEFAULT 0 CHECK (span_max_ns >= 0), kept_chunks INTEGER NOT NULL DEFAULT 0 CHECK (kept_chunks >= 0), kept INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0), confirmed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, stream)
) STRICT, WITHOUT ROWID;
INSERT INTO stream VALUES(1,0,2,2,0,0,0,0,0,0,0,1,0,0,0);
INSERT INTO stream VALUES(1,2,3,1,18,7,5,6,1,0,0,7,0,0,0);
INSERT INTO stream VALUES(2,2,1,1,8,8,0,0,0,0,0,8,0,0,0);
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
INSERT INTO chunk VALUES(3,1,2,3,1,7,0,7,895141168,0,X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5',NULL);
INSERT INTO chunk VALUES(4,1,0,1,65535,1,0,1,1567426595,0,X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5',0);
INSERT INTO chunk VALUES(5,1,0,2,65535,1,0,1,172958833,1,X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5',NULL);
INSERT INTO chunk VALUES(6,2,2,1,1,8,0,8,764983796,0,X'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5',3);
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
  members BLOB NOT NULL CHECK (length(members) = 8 * (last - first + 1)), record INTEGER,
  UNIQUE (run, stream, first)
) STRICT;
INSERT INTO tombstone VALUES(1,1,2,2,2,2,1,0,0,X'9bb39a1f06000000',5);
CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run,
  count INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  commit_number INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO frame VALUES(1,2,9,50,X'070707070707070707070707070707070707070707070707070707070707',2);
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
INSERT INTO settled VALUES(1,2,1,1,1624909926,0);
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
, reason INTEGER NOT NULL DEFAULT 3, record INTEGER) STRICT;
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
INSERT INTO past VALUES(1,0,0);
CREATE TABLE channel (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  channel INTEGER NOT NULL,
  name TEXT NOT NULL,
  period_ns INTEGER NOT NULL,
  PRIMARY KEY (run, channel)
) STRICT, WITHOUT ROWID;
INSERT INTO channel VALUES(1,1,'boiler',1000000000);
INSERT INTO channel VALUES(2,1,'boiler',1000000000);
CREATE TABLE clock (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  time_ns INTEGER NOT NULL,
  wall_ns INTEGER NOT NULL,
  PRIMARY KEY (run, time_ns)
) STRICT, WITHOUT ROWID;
INSERT INTO clock VALUES(1,3,1764500000000000000);
CREATE TABLE recording (
  id INTEGER PRIMARY KEY,
  boot TEXT NOT NULL,
  channel TEXT NOT NULL,
  from_ns INTEGER NOT NULL,
  to_ns INTEGER NOT NULL CHECK (to_ns >= from_ns)
) STRICT;
INSERT INTO recording VALUES(1,'boot','boiler',0,9);
CREATE TABLE request (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  command BLOB NOT NULL,
  answer BLOB
) STRICT;
INSERT INTO request VALUES(1,'r1',X'00',NULL);
CREATE TABLE closed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run BLOB NOT NULL CHECK (length(run) = 16),
  last_event INTEGER NOT NULL,
  last_rollup INTEGER NOT NULL,
  last_raw INTEGER NOT NULL,
  last_rejected INTEGER NOT NULL,
  due INTEGER NOT NULL CHECK (due IN (0, 1))
) STRICT;
CREATE TABLE pending (
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;
INSERT INTO pending VALUES(0,4,20);
INSERT INTO pending VALUES(1,5,20);
INSERT INTO pending VALUES(3,6,20);
INSERT INTO pending VALUES(4,3,20);
CREATE TABLE lane (
  lane INTEGER PRIMARY KEY CHECK (lane BETWEEN 0 AND 6),
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
INSERT INTO lane VALUES(0,1,20);
INSERT INTO lane VALUES(1,1,20);
INSERT INTO lane VALUES(2,0,0);
INSERT INTO lane VALUES(3,1,20);
INSERT INTO lane VALUES(4,1,20);
INSERT INTO lane VALUES(5,0,0);
INSERT INTO lane VALUES(6,4,80);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('chunk',6);
INSERT INTO sqlite_sequence VALUES('request',1);
CREATE INDEX chunk_by_time ON chunk (run, stream, first_ns >> 34, channel, first_ns);
CREATE INDEX undeclared_tombstone ON tombstone (run, stream, first) WHERE declared = 0;
CREATE INDEX missing_key ON missing (run, stream, first);
CREATE INDEX tombstone_record ON tombstone (record) WHERE record IS NOT NULL;
CREATE INDEX missing_record ON missing (record) WHERE record IS NOT NULL;
CREATE INDEX due_closed ON closed (id) WHERE due = 1;
CREATE TRIGGER chunk_enters AFTER INSERT ON chunk BEGIN
  INSERT INTO pending VALUES
    (coalesce(NEW.promoted, NEW.stream + 1 + (NEW.stream > 1)), NEW.position, length(NEW.bytes));
  UPDATE lane SET chunks = chunks + 1, bytes = bytes + length(NEW.bytes) WHERE lane = 6;
END;
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
PRAGMA application_id = 0x536C7563;
PRAGMA user_version = 5;
COMMIT;
