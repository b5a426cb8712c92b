-- Keys of answers, sealed to the review key. In the order of their last day, so
-- that those of a batch lie side by side and those of a day end together.
CREATE TABLE keys (
    until  INTEGER NOT NULL,  -- days since 1970-01-01
    id     BLOB    NOT NULL,
    tenant TEXT    NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (until, id)
) STRICT, WITHOUT ROWID;
