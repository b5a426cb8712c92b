-- What a person could be recognised by is sealed inside record, review and
-- audit. The other columns are what has to be searched by.
CREATE TABLE records (
    tenant       TEXT    NOT NULL,
    id           BLOB    NOT NULL,  -- 16 bytes, derived from the tablet's id with a key
    site         TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    day          INTEGER NOT NULL,  -- days since 1970-01-01
    retain_until INTEGER NOT NULL,
    quarantined  INTEGER NOT NULL,  -- 1 while the record could not be scored
    fingerprint  BLOB    NOT NULL,
    record       BLOB    NOT NULL,
    urgency      INTEGER,           -- of the review; NULL when there is none
    due          INTEGER,
    waiting      INTEGER NOT NULL,  -- 1 while the review is in the queue
    state        TEXT,
    version      INTEGER,
    review       BLOB,
    audit        BLOB    NOT NULL,  -- sealed events, each behind its length
    UNIQUE (tenant, id)
) STRICT;

CREATE INDEX records_queue ON records (tenant, site, urgency, due, id) WHERE waiting = 1;
CREATE INDEX records_by_site ON records (tenant, site, day DESC, id);
CREATE INDEX records_by_author ON records (tenant, author, day DESC, id);
CREATE INDEX records_by_expiry ON records (retain_until);
CREATE INDEX records_in_quarantine ON records (tenant, id) WHERE quarantined = 1;

CREATE TABLE users (
    tenant   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    ref      TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    sites    TEXT    NOT NULL,      -- separated by commas
    password TEXT    NOT NULL,
    disabled INTEGER NOT NULL,
    demo     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    audit    BLOB    NOT NULL,
    PRIMARY KEY (tenant, name),
    UNIQUE (tenant, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE families (
    tenant    TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    user      TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    retry     BLOB,
    refreshed INTEGER NOT NULL,     -- seconds since 1970-01-01 UTC
    expires   INTEGER NOT NULL,
    ends      INTEGER NOT NULL,
    revoked   INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    audit     BLOB    NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX families_by_end ON families (expires);
