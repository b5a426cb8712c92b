-- Tablets, and the codes with which they enrol. Nothing in either is about a
-- person who was interviewed.
CREATE TABLE enrolments (
    id      TEXT    NOT NULL PRIMARY KEY, -- derived from the code with a key
    tenant  TEXT    NOT NULL,
    site    TEXT    NOT NULL,
    country TEXT    NOT NULL,
    label   TEXT    NOT NULL,
    made_by TEXT    NOT NULL,
    expires INTEGER NOT NULL,             -- seconds since 1970-01-01 UTC
    used_by TEXT    NOT NULL,             -- thumbprint of the key that used it up, or ''
    demo    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    audit   BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX enrolments_by_end ON enrolments (expires);

CREATE TABLE devices (
    tenant       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    site         TEXT    NOT NULL,
    country      TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    key          TEXT    NOT NULL UNIQUE, -- thumbprint
    state        TEXT    NOT NULL,
    enrolled_by  TEXT    NOT NULL,
    confirmed_by TEXT    NOT NULL,
    enrolled_on  INTEGER NOT NULL,        -- days since 1970-01-01
    last_contact INTEGER,                 -- seconds since 1970-01-01 UTC
    health       TEXT,                    -- JSON
    users        TEXT    NOT NULL,        -- separated by commas
    drain_until  INTEGER,
    demo         INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    audit        BLOB    NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- What a sign-in is bound to.
ALTER TABLE families ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE families ADD COLUMN device TEXT NOT NULL DEFAULT '';
