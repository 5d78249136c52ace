-- local.sqlite from form 4 to form 5. Frozen once it is shipped.

-- Sizes of texts that are not here, as far as whoever has them told. An economy: without it no size is shown.
CREATE TABLE waiting_text (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    bytes INTEGER NOT NULL,
    -- The remote that has it, by its name; NULL where that is not known.
    remote TEXT
) STRICT, WITHOUT ROWID;
