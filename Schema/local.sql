-- The one definition of local.sqlite: what is this machine's alone. It is never sent anywhere; losing it loses
-- no edit (the replica goes on under a fresh origin, and its next sync with each remote tells all it knows).

PRAGMA application_id = 1366651244; -- 'Qupl'
PRAGMA user_version = 5;

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
    blobs_position INTEGER,
    -- Whether plain HTTP will do, where others on the way can read and change what is exchanged.
    insecure INTEGER NOT NULL DEFAULT 0
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

-- One row at most: how much of what this machine wrote others may have read, in exchanges or in copies.
CREATE TABLE shown (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    origin BLOB NOT NULL CHECK (length(origin) = 16),
    sequence INTEGER NOT NULL
) STRICT;

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

-- One row at most: how this machine's bundles are numbered. The incarnation is drawn anew where it is noticed that the
-- archive was put back to an earlier state, since the numbers begin again then.
CREATE TABLE bundle_number (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    counter INTEGER NOT NULL
) STRICT;

-- Whose bundles are accepted, by public key, and what the last bundle of each told.
CREATE TABLE bundle_sender (
    key BLOB PRIMARY KEY CHECK (length(key) = 32),
    name TEXT NOT NULL,
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    counter INTEGER NOT NULL,
    -- Unix milliseconds, by the sender's clock.
    made_at INTEGER NOT NULL,
    -- What the sender held and which texts it lacked, in CBOR; empty where that was not readable.
    told BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- How fast the link to a remote was in the last exchange that was long enough to tell. An economy.
CREATE TABLE link_speed (
    -- A remote's name.
    remote TEXT PRIMARY KEY,
    bytes_per_second INTEGER NOT NULL,
    -- Unix milliseconds.
    measured_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sizes of texts that are not here, as far as whoever has them told. An economy: without it no size is shown.
CREATE TABLE waiting_text (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    bytes INTEGER NOT NULL,
    -- The remote that has it, by its name; NULL where that is not known.
    remote TEXT
) STRICT, WITHOUT ROWID;
