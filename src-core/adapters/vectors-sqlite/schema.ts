import type { Migration } from '../sqlite/database.ts';

/**
 * `images.record` is the truth, as JSON; the other columns are made from it, so that they cannot differ. `vectors` and
 * `codes` stand apart because they are read apart: loading the int8 codes of a million pictures must not page through
 * a gigabyte of float32. Every write gives the codes it touches a new `seq` of their catalog, and a delete leaves a
 * tombstone with one: by these numbers a process that holds the codes in memory catches up.
 *
 * `row` is the catalog's number × 2^32 + a number that counts up within the catalog and is never used twice.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE catalogs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT UNIQUE, -- null while it is being dropped
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    images INTEGER NOT NULL DEFAULT 0,
    next_row INTEGER NOT NULL DEFAULT 1,
    seq INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE images (
    row INTEGER PRIMARY KEY,
    catalog INTEGER NOT NULL,
    image_id TEXT NOT NULL AS (record ->> '$.imageId') STORED,
    version INTEGER NOT NULL AS (record ->> '$.version') STORED,
    product_id TEXT AS (record ->> '$.productId') STORED,
    name TEXT AS (record ->> '$.name') STORED,
    file_name TEXT NOT NULL AS (record ->> '$.fileName') STORED,
    canonical_name TEXT NOT NULL AS (record ->> '$.canonicalName') STORED,
    source_id TEXT AS (record ->> '$.sourceId') STORED,
    import_id TEXT AS (record ->> '$.importId') STORED,
    format TEXT NOT NULL AS (record ->> '$.format') STORED,
    model TEXT NOT NULL AS (record ->> '$.model') STORED,
    content_hash TEXT NOT NULL AS (record ->> '$.contentHash') STORED,
    width INTEGER NOT NULL AS (record ->> '$.width') STORED,
    height INTEGER NOT NULL AS (record ->> '$.height') STORED,
    bytes INTEGER NOT NULL AS (record ->> '$.bytes') STORED,
    mtime_ms REAL NOT NULL AS (record ->> '$.mtimeMs') STORED,
    captured_at REAL AS (record ->> '$.capturedAt') STORED,
    indexed_at REAL NOT NULL AS (record ->> '$.indexedAt') STORED,
    missing_since REAL AS (record ->> '$.missingSince') STORED,
    record TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX images_image_id ON images (catalog, image_id);
  CREATE INDEX images_content_hash ON images (catalog, content_hash);
  CREATE INDEX images_canonical_name ON images (catalog, canonical_name);
  CREATE INDEX images_source_id ON images (catalog, source_id) WHERE source_id IS NOT NULL;
  CREATE INDEX images_import_id ON images (catalog, import_id) WHERE import_id IS NOT NULL;
  CREATE INDEX images_product_id ON images (catalog, product_id) WHERE product_id IS NOT NULL;
  CREATE INDEX images_captured_at ON images (catalog, captured_at) WHERE captured_at IS NOT NULL;
  CREATE INDEX images_missing_since ON images (catalog, missing_since) WHERE missing_since IS NOT NULL;

  CREATE TABLE vectors (row INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;

  CREATE TABLE codes (
    row INTEGER PRIMARY KEY,
    catalog INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    code BLOB NOT NULL
  ) STRICT;
  CREATE INDEX codes_seq ON codes (catalog, seq);

  CREATE TABLE tombstones (
    catalog INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (catalog, seq)
  ) STRICT, WITHOUT ROWID;
  `,
  // `words` has no prefix indexes: the beginning of a word is found by the words that begin so (0.1 µs a record), while
  // indexes for two and three characters take as long to write as all the rest. `ascii` leaves our words as they are.
  // FTS5's own ranking is not used: in such a table, without positions, it answers 0 for every row; with them it takes
  // 0.8 µs a record and counts all records of each word.
  `
  CREATE VIRTUAL TABLE words USING fts5 (
    naming, tagging, mentioning, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii'
  );
  INSERT INTO words (words, rank) VALUES ('automerge', 8), ('pgsz', 16000);
  CREATE TABLE word_lengths (block INTEGER PRIMARY KEY, lengths BLOB NOT NULL) STRICT;
  ALTER TABLE catalogs ADD COLUMN unworded INTEGER NOT NULL DEFAULT 0; -- rows below this number are still to be put in words
  UPDATE catalogs SET unworded = next_row;
  `,
  // Triggers, so that no way of writing can forget it. They cost a look into a table that is nearly always empty.
  `
  CREATE TABLE successions (
    catalog INTEGER PRIMARY KEY,
    successor INTEGER NOT NULL UNIQUE, -- a catalog that is not listed
    filled INTEGER NOT NULL,
    started_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE due (
    catalog INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    mark TEXT NOT NULL,
    code TEXT, -- why it could not be embedded
    message TEXT,
    PRIMARY KEY (catalog, image_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TRIGGER images_inserted AFTER INSERT ON images
  WHEN EXISTS (SELECT 1 FROM successions WHERE catalog = new.catalog) BEGIN
    INSERT INTO due (catalog, image_id, mark) VALUES (new.catalog, new.image_id, hex(randomblob(8)))
    ON CONFLICT DO UPDATE SET mark = excluded.mark, code = NULL, message = NULL;
  END;
  CREATE TRIGGER images_updated AFTER UPDATE ON images
  WHEN EXISTS (SELECT 1 FROM successions WHERE catalog = new.catalog) BEGIN
    INSERT INTO due (catalog, image_id, mark) VALUES (new.catalog, new.image_id, hex(randomblob(8)))
    ON CONFLICT DO UPDATE SET mark = excluded.mark, code = NULL, message = NULL;
  END;
  CREATE TRIGGER images_deleted AFTER DELETE ON images
  WHEN EXISTS (SELECT 1 FROM successions WHERE catalog = old.catalog) BEGIN
    INSERT INTO due (catalog, image_id, mark) VALUES (old.catalog, old.image_id, hex(randomblob(8)))
    ON CONFLICT DO UPDATE SET mark = excluded.mark, code = NULL, message = NULL;
  END;
  `,
];
