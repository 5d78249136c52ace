-- archive.sqlite from form 4 to form 5. Frozen once it is shipped.
--
-- Articles that are merged into others. A program of an earlier form knows nothing of them, and would leave the table as it
-- was. The caller lists those that are there already.
CREATE TABLE merged (record INTEGER PRIMARY KEY, handle INTEGER, target BLOB) STRICT;

-- Shorter, so that all definitions still fit on the first page.
DROP VIEW conflicts;
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
