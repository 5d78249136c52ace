-- The one definition of access.sqlite: who may do what with the archives of a server. It lies in the folder that is
-- served, or beside the archive that is. It holds no secret: of a token only its hash.

PRAGMA application_id = 1366651252; -- 'Qupt'
PRAGMA user_version = 1;

-- All times are Unix milliseconds. A revoked token stays, so that a list can tell of it, and so that a server whose
-- last token was revoked does not count as one that never had any.
CREATE TABLE token (
    -- Eight digits of Crockford's base 32: the first 40 bits of the hash.
    id TEXT PRIMARY KEY,
    -- BLAKE2b-256 of the token's text.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- What people call it.
    label TEXT,
    -- The archive that it opens; NULL for the whole server.
    archive TEXT,
    role TEXT NOT NULL CHECK (role IN ('reader', 'writer', 'owner')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;

-- What a token has brought on a day (counted from 1970, UTC) that had not been there. Only the last day's is needed.
CREATE TABLE IF NOT EXISTS intake (
    token TEXT NOT NULL,
    day INTEGER NOT NULL,
    origins INTEGER NOT NULL,
    branch_starts INTEGER NOT NULL,
    transactions INTEGER NOT NULL,
    PRIMARY KEY (token, day)
) STRICT, WITHOUT ROWID;
