import type { Migration } from '../sqlite/database.ts';

/**
 * Pictures are numbered within their scan, so that a pair takes some 20 bytes. `stamp` counts what changes groups beside a
 * scan: pictures that are forgotten, and marks.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE stamp (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL) STRICT;
  INSERT INTO stamp VALUES (1, 0);

  CREATE TABLE scans (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    catalog_id TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    least_score REAL NOT NULL,
    compared INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL,
    share REAL NOT NULL DEFAULT 0,
    pairs INTEGER NOT NULL DEFAULT 0,
    pictures INTEGER NOT NULL DEFAULT 0,
    error_code TEXT,
    error_message TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT;
  CREATE INDEX scans_catalog ON scans (catalog_id, seq);
  CREATE UNIQUE INDEX scans_running ON scans (catalog_id) WHERE state = 'running';

  CREATE TABLE pictures (
    scan INTEGER NOT NULL,
    number INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    product_id TEXT,
    same_bytes INTEGER NOT NULL,
    same_product INTEGER,
    PRIMARY KEY (scan, number)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX pictures_image_id ON pictures (scan, image_id);
  CREATE INDEX pictures_content_hash ON pictures (scan, content_hash);
  CREATE INDEX pictures_product_id ON pictures (scan, product_id) WHERE product_id IS NOT NULL;

  CREATE TABLE pairs (
    scan INTEGER NOT NULL,
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (scan, a, b)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE marks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    catalog_id TEXT NOT NULL,
    image_ids TEXT NOT NULL, -- JSON, in order
    created_at INTEGER NOT NULL,
    UNIQUE (catalog_id, image_ids)
  ) STRICT;
  `,
  // A mark may be of one picture against the others, and pictures may be chosen by hand.
  `
  CREATE TABLE marks_of_one (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    catalog_id TEXT NOT NULL,
    image_ids TEXT NOT NULL, -- JSON, in order
    one_id TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO marks_of_one SELECT seq, id, catalog_id, image_ids, NULL, created_at FROM marks;
  DROP TABLE marks;
  ALTER TABLE marks_of_one RENAME TO marks;
  CREATE UNIQUE INDEX marks_same ON marks (catalog_id, image_ids, coalesce(one_id, ''));

  ALTER TABLE pictures ADD COLUMN choice TEXT;
  CREATE INDEX pictures_choice ON pictures (scan) WHERE choice IS NOT NULL;
  `,
];
