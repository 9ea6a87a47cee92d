import type { HandChoice } from '../../domain/duplicates.ts';
import type { DuplicateLog } from '../../ports/duplicate-log.ts';
import type { Database } from '../sqlite/database.ts';
import { scanRow } from './scans.ts';

/** They stand with the pictures of a scan, and so go with them. */
export function createChoices(db: Database): Pick<DuplicateLog, 'choices' | 'choose'> {
  return {
    choices: (scanId) =>
      db.read(() => {
        const rows = db
          .sql('SELECT image_id, choice FROM pictures WHERE scan = ? AND choice IS NOT NULL')
          .all<{ image_id: string; choice: HandChoice }>(scanRow(db, scanId).seq);
        return new Map(rows.map(({ image_id, choice }) => [image_id, choice]));
      }),

    choose: (scanId, imageIds, choice) =>
      db.write(() => {
        db.sql('UPDATE pictures SET choice = ? WHERE scan = ? AND image_id IN (SELECT value FROM json_each(?))').run(
          choice,
          scanRow(db, scanId).seq,
          JSON.stringify(imageIds),
        );
      }),
  };
}
