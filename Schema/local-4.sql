-- local.sqlite from form 3 to form 4. Frozen once it is shipped.

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
