-- From version 2.

CREATE TABLE lane (
  lane INTEGER PRIMARY KEY CHECK (lane BETWEEN 0 AND 5),
  chunks INTEGER NOT NULL CHECK (chunks >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
INSERT INTO lane VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0);
UPDATE lane SET chunks = present.chunks, bytes = present.bytes
  FROM (SELECT coalesce(promoted, stream + 1 + (stream > 1)) AS lane, count(*) AS chunks,
    sum(length(bytes)) AS bytes FROM chunk GROUP BY 1) AS present WHERE present.lane = lane.lane;
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
