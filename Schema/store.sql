-- The one definition of archive.sqlite: everything in it is replicated, or derived from what is.
--
-- The log is the truth; records are its materialised view. A change whose value is visible does not store it
-- twice: its text stands in `record.fields` alone. A superseded or hidden value's text stands in `text`, by its
-- hash. So a field that one transaction wrote and nothing touched since costs no row of its own: it is *plain*,
-- and its only version is that of `record.base`. Every other field, every one whose text is too long to travel
-- inside a transaction, and every one of a record that was ever deleted has all its versions in `version`. Text that
-- was dropped (compaction, of what was replaced; a purge) stands nowhere: its version tells its hash.
--
-- Hashes are BLAKE2b: 32 bytes for chains and values, 16 for keys. Names, kinds, authors and origins are
-- interned. Stamps are hybrid logical clock values: Unix milliseconds × 65536 plus a counter.
--
-- What proves each of it, when an archive is verified or a copy taken over:
--   log.origin, sequence, stamp, author, by_program, body; origin; name; author; version.value; text;
--       record.id, kind, fields (of what is plain)   the chains, and values' hashes
--   log.position                 nothing is named before it stands in the log
--   log.correction, corrected_by the clock notes in the log
--   branch_start                 a name starts anew exactly there
--   version (all but its value), twin, record.base, the bits of record.state, members of record.fields
--                                 the log: there is a row for each that needs one, and no other
--   version.flags 4 and 8, conflict, missing, hanging, merged, element, record.fields, record.handle
--                                 the versions
--   archive.digest               the heads
--   archive.stamp, identity, search, searchable and how far these go: a copy has none of them, and whoever needs one
--       fills it; in an archive in use they are held against the records (words of a large one by samples)

PRAGMA application_id = 1366651248; -- 'Qup0'
PRAGMA user_version = 5;

-- One row: the archive itself.
CREATE TABLE archive (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    id BLOB NOT NULL CHECK (length(id) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    -- The highest stamp that the clock follows.
    stamp INTEGER NOT NULL,
    -- Up to which log position records are in `search` and in `identity`.
    searchable_position INTEGER NOT NULL,
    identified_position INTEGER NOT NULL
) STRICT;

-- Who writes, with the end of what is held of each: the vector.
CREATE TABLE origin (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    sequence INTEGER NOT NULL,
    chain BLOB NOT NULL
) STRICT;

-- Names of kinds and fields.
CREATE TABLE name (
    row INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE author (
    row INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Transactions in the order they were written or received. `body` says which records and fields each changed
-- and what it replaced (its form: Sources/QuipuStorage/Log/LogBody.swift); values stand with the records.
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    origin INTEGER NOT NULL REFERENCES origin,
    sequence INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    -- Milliseconds that a clock note takes off, and the position of that note.
    correction INTEGER NOT NULL DEFAULT 0,
    corrected_by INTEGER,
    author INTEGER NOT NULL REFERENCES author,
    by_program INTEGER NOT NULL,
    chain BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (origin, sequence)
) STRICT;

-- Transactions at which a name starts anew, because two claimed one; grows only.
CREATE TABLE branch_start (
    chain BLOB PRIMARY KEY CHECK (length(chain) = 32)
) STRICT, WITHOUT ROWID;

-- All versions of a field that is not plain; a row for each transaction that made one (twins share `key`).
CREATE TABLE version (
    record INTEGER NOT NULL REFERENCES record,
    field INTEGER NOT NULL REFERENCES name,
    position INTEGER NOT NULL REFERENCES log,
    key BLOB NOT NULL CHECK (length(key) = 16),
    value BLOB NOT NULL CHECK (length(value) = 32),
    -- 1: by hand; 2: a merge; 4: a head; 8: the visible head.
    flags INTEGER NOT NULL,
    -- The keys of the versions it replaces, sorted, one after the other.
    replaces BLOB NOT NULL,
    PRIMARY KEY (record, field, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX version_by_position ON version (position);
-- Texts are asked for by their hash.
CREATE INDEX version_by_value ON version (value);

-- Imports of what was imported already: the transaction made the same versions as `record.base`, of those
-- fields it names that are plain.
CREATE TABLE twin (
    record INTEGER NOT NULL REFERENCES record,
    position INTEGER NOT NULL REFERENCES log,
    PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;

-- Texts of values that no record shows. A long one that was superseded is compressed on the text that replaced it: what
-- stands in `json` then begins with `~`, as no JSON does (its form: Sources/QuipuStorage/Texts/CompressedText.swift).
CREATE TABLE text (
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    json TEXT NOT NULL
) STRICT;

-- Heads whose text is not here; those of deleted records too.
CREATE TABLE missing (
    hash BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES record,
    field INTEGER NOT NULL REFERENCES name,
    PRIMARY KEY (hash, record, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX missing_by_record ON missing (record, field);

-- Open conflicts. Field 0 stands for a deleted record with heads that its delete had not seen.
CREATE TABLE conflict (
    record INTEGER NOT NULL REFERENCES record,
    field INTEGER NOT NULL,
    PRIMARY KEY (record, field)
) STRICT, WITHOUT ROWID;

-- Annotations, notes and attachments by the record they hang on.
CREATE TABLE hanging (
    target BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (target, record)
) STRICT, WITHOUT ROWID;

-- Articles that show that they are merged into another one, with that one's handle and id. `merged` is small where few are
-- merged, and nothing else says who is: without it every listing would read all records.
CREATE TABLE merged (record INTEGER PRIMARY KEY, handle INTEGER, target BLOB) STRICT;

-- Records by the elements of sets that they have (`tags/strike`, `collections/…`), under the names of those fields.
CREATE TABLE element (
    name INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (name, record)
) STRICT, WITHOUT ROWID;

-- Behind all that a record is held against: a copy that comes in from its beginning is checked as it comes.
CREATE TABLE record (
    row INTEGER PRIMARY KEY,
    -- The last 40 bits of the id, by which it is found; people see them as 8 letters and digits.
    handle INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind INTEGER NOT NULL REFERENCES name,
    base INTEGER NOT NULL REFERENCES log,
    -- 1: has rows in `version`; 2: is deleted; 4: has rows in `conflict`; 8: has rows in `twin`.
    state INTEGER NOT NULL DEFAULT 0,
    -- The visible values: a JSON object, members in the order of their UTF-8 names, no white space.
    fields TEXT NOT NULL
) STRICT;

-- With what tells records apart that share a handle: somebody may make very many of those.
CREATE INDEX record_by_handle ON record (handle, id, kind);
CREATE INDEX record_by_kind ON record (kind);
-- So that those of a kind that are not deleted are counted without being read.
CREATE INDEX record_deleted ON record (kind) WHERE state & 2;

-- Natural keys (a producer's own id, DOI, canonical URL, normalised text, a collection's name), hashed, of every version
-- seen: they lead to the records that an import holds an item against. Derived from the log.
CREATE TABLE identity (
    key INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;

-- Full text. The index holds words that were folded before (Sources/QuipuTextFolding), so it only splits them at spaces. It
-- holds no text of its own: a record that changes gets a new document, and `searchable` tells whose present one a
-- document is.
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, remark, rest, content = '', tokenize = "ascii"
);
-- Bytes of words that are gathered before they are written down; the fewer times that happens, the less is to be merged.
INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);

CREATE TABLE searchable (
    document INTEGER PRIMARY KEY,
    record INTEGER NOT NULL UNIQUE REFERENCES record
) STRICT;

-- For people with other SQLite tools. All definitions together fit on the file's first page, by which a copy is read that
-- is still coming in (ArrivingCopyTests).

CREATE VIEW records AS
SELECT record.row, name.text AS kind, record.fields, record.state & 2 != 0 AS deleted,
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-'
        || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id
FROM record
JOIN name ON name.row = record.kind;

CREATE VIEW articles AS
SELECT id, fields ->> 'title' AS title, fields ->> 'author' AS author,
    fields ->> 'date' AS date, fields ->> 'url' AS url,
    fields ->> 'body' AS body
FROM records
WHERE kind = 'article' AND NOT deleted;

CREATE VIEW collections AS
SELECT id, fields ->> 'name' AS name
FROM records
WHERE kind = 'collection' AND NOT deleted;

CREATE VIEW annotations AS
SELECT id, fields ->> 'target' AS target, fields ->> '$.quote.exact' AS quote,
    fields ->> 'text' AS text
FROM records
WHERE kind = 'annotation' AND NOT deleted;

CREATE VIEW notes AS
SELECT id, fields ->> 'target' AS target, fields ->> 'text' AS text
FROM records
WHERE kind = 'note' AND NOT deleted;

CREATE VIEW tags AS
SELECT records.id, substr(member.key, 6) AS tag
FROM records, json_each(records.fields) AS member
WHERE member.key LIKE 'tags/%' AND member.value AND NOT records.deleted;

CREATE VIEW conflicts AS
SELECT records.id, ifnull(name.text, 'deleted') AS field, author.text AS author,
    datetime((log.stamp / 65536 - log.correction) / 1000, 'unixepoch') AS time,
    flags & 8 != 0 AS visible,
    iif(flags & 8, (SELECT value FROM json_each(fields) WHERE key = name.text),
    (SELECT json ->> '$' FROM text WHERE hash = version.value)) AS value
FROM conflict
JOIN records ON records.row = conflict.record
LEFT JOIN name ON name.row = conflict.field
LEFT JOIN version ON version.record = records.row AND version.field = name.row AND flags & 4
LEFT JOIN log USING (position)
LEFT JOIN author ON author.row = log.author;

CREATE VIEW history AS
SELECT log.position, lower(hex(origin.id)) || ':' || log.sequence AS version,
    datetime((log.stamp / 65536 - log.correction) / 1000, 'unixepoch') AS time, author.text AS author,
    NOT log.by_program AS by_hand
FROM log
JOIN origin ON origin.row = log.origin
JOIN author ON author.row = log.author;
