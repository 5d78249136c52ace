-- local.sqlite from form 2 to form 3. Frozen once it is shipped.
--
-- What results is laid out byte for byte as `local.sql` does it (a test compares them), since copies are held against
-- that. So a table that holds data is not altered but made again: rename it (with `legacy_alter_table`, which the
-- caller has switched on, no view and no reference follows the new name), make the new one with the text of
-- `local.sql`, move the rows, drop the old one, make its indexes. What is derived is dropped and made empty.

ALTER TABLE remote RENAME TO remote_1;

CREATE TABLE remote (
    name TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    -- The last agreement: log positions here and there, and the hash of the vector that both then had.
    own_position INTEGER,
    their_position INTEGER,
    vector_hash BLOB,
    -- Bytes of texts that one message there may have, as the link has borne them; NULL until there was a message.
    piece_bytes INTEGER,
    -- Unix milliseconds of the last complete exchange.
    synced_at INTEGER,
    -- The log position up to which all contents of attachments are there and all wanted ones here; NULL when some
    -- were still to be moved.
    blobs_position INTEGER,
    -- Whether plain HTTP will do, where others on the way can read and change what is exchanged.
    insecure INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

INSERT INTO remote
    (name, location, own_position, their_position, vector_hash, piece_bytes, synced_at, blobs_position)
SELECT name, location, own_position, their_position, vector_hash, piece_bytes, synced_at, blobs_position
FROM remote_1;

DROP TABLE remote_1;

-- One row at most: how much of what this machine wrote others may have read, in exchanges or in copies.
CREATE TABLE shown (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    origin BLOB NOT NULL CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL
) STRICT;

INSERT INTO shown (singleton, origin, sequence) SELECT 1, origin, sequence FROM replica;

-- Origins that this machine wrote under before the present one, and where what it wrote ends.
CREATE TABLE past_origin (
    origin BLOB PRIMARY KEY CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL,
    chain BLOB
) STRICT, WITHOUT ROWID;

-- Runs of transactions that came in under this machine's own origins and that it did not write.
CREATE TABLE name_use (
    -- The first of a run, as it was named when it came, and how many there are.
    origin BLOB NOT NULL CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL,
    count INTEGER NOT NULL,
    -- What the first says of itself; Unix milliseconds.
    author TEXT NOT NULL,
    time INTEGER NOT NULL,
    -- Unix milliseconds.
    noticed_at INTEGER NOT NULL,
    PRIMARY KEY (origin, sequence)
) STRICT, WITHOUT ROWID;

-- What one machine found out about its clock by the clocks of any others is void, and so is what waited for a note:
-- how the boot clock stood when that was written is not known.
UPDATE replica SET clock_offset = 0;
DROP TABLE unnoted;

-- One row at most: what is known about this machine's clock.
CREATE TABLE clock (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    -- The owner's word that it is right.
    is_trusted INTEGER NOT NULL DEFAULT 0,
    -- The boot in which `replica.clock_offset` was found, and by how many milliseconds the real-time clock was ahead of
    -- the boot clock then; NULL before, and where the system has no boot clock.
    boot BLOB,
    lead INTEGER
) STRICT;

-- What this machine wrote in the present boot since it met a synchronised clock, for clock notes to cover: runs of
-- its chain, each written under one state of the clock.
CREATE TABLE unnoted (
    row INTEGER PRIMARY KEY,
    -- The last of the run, and how many there are.
    origin BLOB NOT NULL CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL,
    chain BLOB NOT NULL,
    count INTEGER NOT NULL,
    boot BLOB NOT NULL,
    -- Milliseconds by which the corrected clock was ahead of the boot clock.
    lead INTEGER NOT NULL
) STRICT;

-- Peers whose clocks and this machine's differ by more than a day, while nobody knows which is right.
CREATE TABLE clock_difference (
    -- A remote's name; empty for whoever called last.
    peer TEXT PRIMARY KEY,
    -- By how many milliseconds this machine's clock is ahead.
    milliseconds INTEGER NOT NULL,
    is_peer_synchronized INTEGER NOT NULL,
    -- Unix milliseconds.
    noticed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the deletion guard remembers. Where the log stood at times of the last day, one an hour, and at the last time
-- before: the records that were there then were held a day ago.
CREATE TABLE holding (
    -- Unix milliseconds by this machine's own clock.
    noticed_at INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

-- Records that collections lost by exchanges in the last day: deleted, taken out or emptied.
CREATE TABLE loss (
    -- A collection's id in lower case, as fields name it; empty for records that are in none.
    collection TEXT NOT NULL,
    record INTEGER NOT NULL,
    -- The field whose new value took it away, and the log position from which on the collection had it.
    field TEXT NOT NULL,
    since INTEGER NOT NULL,
    -- Unix milliseconds by this machine's own clock.
    lost_at INTEGER NOT NULL,
    PRIMARY KEY (collection, record)
) STRICT, WITHOUT ROWID;
