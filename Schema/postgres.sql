-- The one definition of what server processes on several machines share: `quipu serve --database`. Each process is a
-- replica that can be lost at any time; what is here is what was acknowledged.
--
-- Every key is led by the archive, so that a cluster can be sharded by it and no statement needs two shards: Citus
-- (distribute each table but `layout` and `token` by its column `archive`, `archive` itself by `name`), CockroachDB,
-- YugabyteDB. For the same reason there are no sequences, no triggers, no extensions and no locks but those on rows.
-- LISTEN and NOTIFY only hurry along what polling finds too. All of it is safe to run again, also by two at once.
--
-- Numbers count from 1. Hashes are BLAKE2b: 32 bytes for chains and values, 16 for marks.

CREATE SCHEMA IF NOT EXISTS quipu;

-- One row: the form of this schema, and which database this is (16 random bytes, which a backup keeps).
CREATE TABLE IF NOT EXISTS quipu.layout (
    singleton bigint PRIMARY KEY CHECK (singleton = 1),
    form bigint NOT NULL,
    id bytea NOT NULL CHECK (octet_length(id) = 16)
);

-- The archives by the names under which they are served. Whoever appends moves a row on first, in the same
-- transaction: so positions are in the order of the commits, and archives do not wait for one another. To remove an
-- archive, stop the servers, delete its rows from every table, and delete its folders from the servers' caches.
CREATE TABLE IF NOT EXISTS quipu.archive (
    name text PRIMARY KEY,
    id bytea NOT NULL CHECK (octet_length(id) = 16),
    -- The mark of the empty log: random, so that a log that is begun anew is not taken for the one before.
    epoch bytea NOT NULL CHECK (octet_length(epoch) = 16),
    -- Where the log ends, and how many branch starts and texts there are.
    position bigint NOT NULL,
    branches bigint NOT NULL,
    texts bigint NOT NULL,
    -- The mark of the last event. A mark is the hash of the mark before it, of a byte that tells a transaction (0)
    -- from a branch start (1), and of the chain hash. Equal marks mean equal logs.
    mark bytea NOT NULL CHECK (octet_length(mark) = 16)
);

-- Transactions in the order in which they were committed here. A replica that has applied a log up to a position has
-- each transaction under the same position.
CREATE TABLE IF NOT EXISTS quipu.log (
    archive text NOT NULL,
    position bigint NOT NULL,
    -- Which transaction it is, whatever it is called.
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    mark bytea NOT NULL CHECK (octet_length(mark) = 16),
    -- The transaction as it travels (Schema/exchange.cddl). Names in it are those under the branch starts that were
    -- known when it was appended.
    body bytea NOT NULL,
    PRIMARY KEY (archive, position),
    UNIQUE (archive, chain)
);

-- Transactions at which a name starts anew, in the order in which they became known. `position` is where the log
-- ended then: what was appended before is called by the old names, what follows by the new ones.
CREATE TABLE IF NOT EXISTS quipu.branch_start (
    archive text NOT NULL,
    number bigint NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    position bigint NOT NULL,
    mark bytea NOT NULL CHECK (octet_length(mark) = 16),
    PRIMARY KEY (archive, number),
    UNIQUE (archive, chain)
);

-- Values that came by themselves: those too long to travel inside a transaction, and those that a replica had
-- forgotten when it sent their transaction. By hash, in parts of at most 256 KiB, counted from 0.
CREATE TABLE IF NOT EXISTS quipu.text (
    archive text NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    part bigint NOT NULL,
    json bytea NOT NULL,
    PRIMARY KEY (archive, hash, part)
);

-- The contents of attachments by their SHA-256. A row is here from the first byte on, and its parts with it; the content
-- is here, for everyone, once `taker` is NULL: all bytes have come, and their hash was found right. It never changes
-- then. Whoever changes parts changes the row first, in the same transaction.
CREATE TABLE IF NOT EXISTS quipu.blob (
    archive text NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    -- Which beginning it is (16 random bytes): what is removed and begun anew is another.
    upload bytea NOT NULL CHECK (octet_length(upload) = 16),
    -- Who brings it now (16 random bytes): whoever goes on with it takes it from the one before.
    taker bytea CHECK (octet_length(taker) = 16),
    -- The bytes in its parts: at the end, its size.
    held bigint NOT NULL,
    -- Unix milliseconds. What was cut on its way and gets no further byte for a week is removed.
    changed_at bigint NOT NULL,
    PRIMARY KEY (archive, hash)
);

-- What is on its way: little beside all that is there.
CREATE INDEX IF NOT EXISTS blob_upload ON quipu.blob (archive, changed_at) WHERE taker IS NOT NULL;

-- Counted from 0. All parts of a content but its last have 512 KiB.
CREATE TABLE IF NOT EXISTS quipu.blob_part (
    archive text NOT NULL,
    hash bytea NOT NULL,
    part bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (archive, hash, part)
);

-- Who may do what (Schema/access.sql). Found by their ids alone, and few: a table that a cluster keeps whole on each
-- of its machines. Of a token there is only its hash; all times are Unix milliseconds.
CREATE TABLE IF NOT EXISTS quipu.token (
    id text PRIMARY KEY,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    label text,
    -- The archive that it opens; NULL for the whole server.
    archive text,
    role text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
);

-- What a token has brought on a day (counted from 1970, UTC) that had not been there. Only the last day's is needed.
CREATE TABLE IF NOT EXISTS quipu.intake (
    token text NOT NULL,
    day bigint NOT NULL,
    origins bigint NOT NULL,
    branch_starts bigint NOT NULL,
    transactions bigint NOT NULL,
    PRIMARY KEY (token, day)
);
