-- archive.sqlite from form 2 to form 3. Frozen once it is shipped.
--
-- What results is laid out byte for byte as `store.sql` does it (a test compares them), since copies are held against
-- that. So a table that holds data is not altered but made again: rename it (with `legacy_alter_table`, which the
-- caller has switched on, no view and no reference follows the new name), make the new one with the text of
-- `store.sql`, move the rows, drop the old one, make its indexes. What is derived is dropped and made empty.

-- Words are folded before they are indexed, and a hit is looked up by its document.
DROP TABLE searchable;
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, remark, rest, content = '', tokenize = "ascii"
);
-- Bytes of words that are gathered before they are written down; the fewer times that happens, the less is to be merged.
INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);

CREATE TABLE searchable (
    document INTEGER PRIMARY KEY,
    record INTEGER NOT NULL UNIQUE REFERENCES record
) STRICT;
UPDATE archive SET searchable_position = 0;

-- Records that share a handle, and missing texts by where they are missing.
DROP INDEX record_by_handle;
CREATE INDEX record_by_handle ON record (handle, id, kind);
CREATE INDEX missing_by_record ON missing (record, field);

-- Keys of a new form: made again from the log.
DELETE FROM identity;
UPDATE archive SET identified_position = 0;

-- Records by the elements of sets that they have (`tags/strike`, `collections/…`), under the names of those fields.
CREATE TABLE element (
    name INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (name, record)
) STRICT, WITHOUT ROWID;

-- Shorter, so that all definitions fit on the first page: a copy that is still coming in is read by them.
DROP VIEW articles;
DROP VIEW collections;
DROP VIEW annotations;
DROP VIEW notes;

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
