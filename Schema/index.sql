-- The one definition of index.sqlite: what queries and sorted listings ask of records beside their words. All of it
-- follows from archive.sqlite, on this machine only; a file that is missing, damaged or of another form is made anew.

PRAGMA application_id = 1366651241; -- 'Qupi'
PRAGMA user_version = 2;

-- One row: which log the cards follow from, and up to where.
CREATE TABLE source (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    archive BLOB NOT NULL,
    position INTEGER NOT NULL,
    -- Of the transaction at that position: a log that was replaced has another.
    chain BLOB NOT NULL
) STRICT;

-- Who changed any record last.
CREATE TABLE editor (
    row INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- One row for each record, under the number that it has in archive.sqlite.
CREATE TABLE card (
    record INTEGER PRIMARY KEY,
    -- The name's number in archive.sqlite.
    kind INTEGER NOT NULL,
    -- 1: is deleted; 2: what it hangs on, or the passage that it quotes, is gone; 4: a text was not here.
    flags INTEGER NOT NULL,
    -- The days that its date covers, and the second at which that begins, from 1970-01-01 on; NULL without a date.
    first_day INTEGER,
    last_day INTEGER,
    moment INTEGER,
    -- When it was changed last, in Unix milliseconds.
    changed INTEGER NOT NULL,
    editor INTEGER NOT NULL,
    -- In lower case.
    language TEXT,
    -- The labels of the host from the last to the first, then the path.
    address TEXT,
    doi TEXT,
    -- The beginning of what a listing calls it, folded.
    caption TEXT NOT NULL,
    -- The record that it hangs on.
    target INTEGER
) STRICT;

CREATE INDEX card_by_moment ON card (moment) WHERE moment IS NOT NULL;
CREATE INDEX card_by_changed ON card (changed);
CREATE INDEX card_by_caption ON card (caption);
CREATE INDEX card_by_editor ON card (editor);
CREATE INDEX card_by_language ON card (language) WHERE language IS NOT NULL;
CREATE INDEX card_by_address ON card (address) WHERE address IS NOT NULL;
CREATE INDEX card_by_doi ON card (doi) WHERE doi IS NOT NULL;
CREATE INDEX card_by_target ON card (kind, target) WHERE target IS NOT NULL AND NOT flags & 1;
CREATE INDEX card_orphaned ON card (record) WHERE flags & 2;
CREATE INDEX card_incomplete ON card (record) WHERE flags & 4;

-- The words of titles and authors, folded; a row for each card that has any.
CREATE VIRTUAL TABLE heading USING fts5 (title, author, tokenize = "ascii");
INSERT INTO heading (heading, rank) VALUES ('hashsize', 16777216);
