CREATE TABLE subjects (
    tenant  TEXT NOT NULL,
    blind   BLOB NOT NULL,  -- keyed index of a case reference
    subject BLOB NOT NULL,  -- sealed pseudonym
    PRIMARY KEY (tenant, blind)
) STRICT, WITHOUT ROWID;
