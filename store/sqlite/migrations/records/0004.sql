-- Answers that are kept for a review: sealed, with their key elsewhere.
ALTER TABLE records ADD COLUMN answers BLOB;
ALTER TABLE records ADD COLUMN answers_until INTEGER;

CREATE INDEX records_by_answers ON records (answers_until) WHERE answers_until IS NOT NULL;
