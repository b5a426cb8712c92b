-- How often a record was changed after it was stored: by scoring it again under
-- newer rules. Sealed records are bound to it.
ALTER TABLE records ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
