-- local.sqlite in form 1, frozen: what copies of that form are held against before they are brought up to date.
--
-- The one definition of local.sqlite: what is this machine's alone. It is never sent anywhere; losing it loses
-- no edit (the replica goes on under a fresh origin, and its next sync with each remote tells all it knows).

PRAGMA application_id = 1366651244; -- 'Qupl'
PRAGMA user_version = 1;

-- One row: the replica.
CREATE TABLE replica (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    name TEXT NOT NULL,
    -- The Ed25519 seed whose public key hashes to the origin.
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    origin BLOB NOT NULL CHECK (length(origin) = 16),
    -- Where this machine's own chain ended after its last commit; NULL before the first one.
    sequence INTEGER NOT NULL DEFAULT 0,
    chain BLOB,
    -- Milliseconds by which this machine's clock was found to be too high, and what it read when that was noted last:
    -- a clock that reads much less since was set, and the offset is void.
    clock_offset INTEGER NOT NULL DEFAULT 0,
    clock_reading INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What this machine wrote since its last clock note, for the next one to cover: ends of its chains.
CREATE TABLE unnoted (
    origin BLOB PRIMARY KEY CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL,
    chain BLOB NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Transactions of others that were refused, the first of each origin: what follows it is not taken either.
CREATE TABLE refusal (
    origin BLOB PRIMARY KEY CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- Unix milliseconds.
    noticed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
    blobs_position INTEGER
) STRICT, WITHOUT ROWID;

-- Contents of attachments that a remote has said it holds. An economy: without it the remote is asked again.
CREATE TABLE remote_blob (
    remote TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (remote, hash)
) STRICT, WITHOUT ROWID;

-- Collections whose attachments a sync brings here by itself: their ids; one of no bytes stands for all there is.
CREATE TABLE fetched_collection (
    id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Pieces of long texts that are under way.
CREATE TABLE part (
    hash BLOB NOT NULL,
    offset INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (hash, offset)
) STRICT, WITHOUT ROWID;
