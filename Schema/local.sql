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
    chain BLOB
) STRICT;

CREATE TABLE remote (
    name TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    -- The last agreement: log positions here and there, and the hash of the vector that both then had.
    own_position INTEGER,
    their_position INTEGER,
    vector_hash BLOB,
    -- Unix milliseconds of the last complete exchange.
    synced_at INTEGER
) STRICT, WITHOUT ROWID;

-- Pieces of long texts that are under way.
CREATE TABLE part (
    hash BLOB NOT NULL,
    offset INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (hash, offset)
) STRICT, WITHOUT ROWID;
