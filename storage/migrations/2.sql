-- From version 1. What a later one adds comes at the end of a table, as ALTER TABLE puts it there.

-- A dropped chunk was a row of `chunk` without bytes, declared by a gap record of its own.
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
-- SQL makes no bytes of a number; it can look each of them up.
WITH byte (value) AS (
  SELECT CAST(x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627'
    || x'28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f'
    || x'505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374757677'
    || x'78797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'
    || x'a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7'
    || x'c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef'
    || x'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff' AS BLOB)
)
INSERT INTO tombstone (run, stream, first, last, reason, declared, first_ns, last_ns, members)
  SELECT run, stream, seq, seq, 2, 1, first_ns, last_ns,
    CAST(substr(byte.value, (crc & 255) + 1, 1)
      || substr(byte.value, (crc >> 8 & 255) + 1, 1)
      || substr(byte.value, (crc >> 16 & 255) + 1, 1)
      || substr(byte.value, (crc >> 24 & 255) + 1, 1)
      || substr(byte.value, (readings & 255) + 1, 1)
      || substr(byte.value, (readings >> 8 & 255) + 1, 1)
      || substr(byte.value, (readings >> 16 & 255) + 1, 1)
      || substr(byte.value, (readings >> 24 & 255) + 1, 1) AS BLOB)
  FROM (SELECT *, iif(stream = 2, count, 0) AS readings FROM chunk WHERE dropped = 1), byte;

ALTER TABLE stream ADD COLUMN dropped_chunks INTEGER NOT NULL DEFAULT 0
  CHECK (dropped_chunks >= 0);
ALTER TABLE stream ADD COLUMN undeclared_chunks INTEGER NOT NULL DEFAULT 0
  CHECK (undeclared_chunks >= 0);
ALTER TABLE stream ADD COLUMN undeclared INTEGER NOT NULL DEFAULT 0 CHECK (undeclared >= 0);
ALTER TABLE stream ADD COLUMN span_max_ns INTEGER NOT NULL DEFAULT 0 CHECK (span_max_ns >= 0);
UPDATE stream SET
  dropped_chunks = (SELECT count(*) FROM tombstone AS t
    WHERE t.run = stream.run AND t.stream = stream.stream),
  span_max_ns = (SELECT coalesce(max(last_ns - first_ns), 0) FROM chunk AS c
    WHERE c.run = stream.run AND c.stream = stream.stream);

DELETE FROM chunk WHERE dropped = 1;
DROP INDEX pending_chunk;
ALTER TABLE chunk DROP COLUMN dropped;
ALTER TABLE chunk ADD COLUMN promoted INTEGER CHECK (promoted IN (0, 3));
CREATE INDEX pending_chunk ON chunk (stream, position);
CREATE INDEX promoted_chunk ON chunk (promoted, position) WHERE promoted IS NOT NULL;
CREATE INDEX chunk_by_time ON chunk (run, stream, first_ns >> 34, channel, first_ns);

ALTER TABLE run ADD COLUMN last_commit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN sealed_commit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frame ADD COLUMN commit_number INTEGER NOT NULL DEFAULT 0;
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
