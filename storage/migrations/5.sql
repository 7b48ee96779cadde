-- From version 4.

DROP TRIGGER chunk_enters;
DROP TRIGGER chunk_leaves;
DROP TRIGGER chunk_changes_lane;
DROP INDEX pending_chunk;
DROP INDEX promoted_chunk;

ALTER TABLE run ADD COLUMN closing_run INTEGER;
ALTER TABLE run ADD COLUMN closing_seq INTEGER;
ALTER TABLE stream ADD COLUMN kept_chunks INTEGER NOT NULL DEFAULT 0 CHECK (kept_chunks >= 0);
ALTER TABLE stream ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0);
ALTER TABLE stream ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tombstone ADD COLUMN record INTEGER;
CREATE INDEX tombstone_record ON tombstone (record) WHERE record IS NOT NULL;
ALTER TABLE missing ADD COLUMN reason INTEGER NOT NULL DEFAULT 3;
ALTER TABLE missing ADD COLUMN record INTEGER;
CREATE INDEX missing_record ON missing (record) WHERE record IS NOT NULL;
-- Which one declared what was not noted; the last of those that are pending is as good as any.
UPDATE tombstone SET record = (SELECT max(position) FROM chunk WHERE pinned = 1)
  WHERE declared = 1;

CREATE TABLE closed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run BLOB NOT NULL CHECK (length(run) = 16),
  last_event INTEGER NOT NULL,
  last_rollup INTEGER NOT NULL,
  last_raw INTEGER NOT NULL,
  last_rejected INTEGER NOT NULL,
  due INTEGER NOT NULL CHECK (due IN (0, 1))
) STRICT;
CREATE INDEX due_closed ON closed (id) WHERE due = 1;

-- Everything that is there is pending.
CREATE TABLE pending (
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;
INSERT INTO pending SELECT coalesce(promoted, stream + 1 + (stream > 1)), position, length(bytes)
  FROM chunk ORDER BY 1, 2;
DROP TABLE lane;
CREATE TABLE lane (
  lane INTEGER PRIMARY KEY CHECK (lane BETWEEN 0 AND 6),
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
INSERT INTO lane
  VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0);
UPDATE lane SET chunks = counted.chunks, bytes = counted.bytes
  FROM (SELECT lane, count(*) AS chunks, sum(bytes) AS bytes FROM pending GROUP BY lane) AS counted
  WHERE counted.lane = lane.lane;
UPDATE lane SET chunks = counted.chunks, bytes = counted.bytes
  FROM (SELECT count(*) AS chunks, coalesce(sum(bytes), 0) AS bytes FROM pending) AS counted
  WHERE lane.lane = 6;
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
