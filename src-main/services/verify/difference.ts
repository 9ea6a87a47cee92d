import { z } from 'zod';

/** Every way in which folder, known files, ledger and store can disagree, with what `--fix` does about it; closed. */
export const DIFFERENCES = {
  'not-indexed': { meaning: 'a file that is wanted is not in the catalog', fix: 'indexed' },
  changed: { meaning: 'size or time of a file differ from its record', fix: 'indexed again' },
  'other-bytes': { meaning: 'the bytes differ, with the same size and time (`--deep`)', fix: 'indexed again' },
  gone: { meaning: 'a file is gone, and the picture is not marked as missing', fix: 'marked' },
  back: { meaning: 'a picture is marked as missing, and its file is there', fix: 'the mark is taken off' },
  'no-record': {
    meaning: 'a file is known as indexed, and its record is not in the store',
    fix: 'indexed again; forgotten when the file is gone or left out',
  },
  'not-known': { meaning: 'a record whose file is not known as indexed', fix: 'remembered' },
  disagree: {
    meaning: 'what is known of a file differs from its record: image id, size, time, hash, model or mark',
    fix: 'the file is read again; where it cannot be, the record holds',
  },
  'other-model': {
    meaning: 'a record of another model than the catalog’s',
    fix: 'indexed again, if the file is there',
  },
  'wrong-id': {
    meaning: 'a record whose image id is not that of its name',
    fix: 'goes over to the right id, unless a record is there',
  },
  'no-source': { meaning: 'a record of a source that does not exist', fix: 'given to a source that covers its file' },
  'left-out': { meaning: 'a picture that the rules of its source leave out', fix: 'no: `imagefleet sources rules`' },
  'line-without-task': {
    meaning: 'a file waits in an unfinished import for a task that the queue does not know',
    fix: 'enqueued again',
  },
  'line-left-open': { meaning: 'a file still waits in an import that is finished', fix: 'gets its outcome' },
} as const;

export type DifferenceKind = keyof typeof DIFFERENCES;

export const differenceKind = z.enum(Object.keys(DIFFERENCES) as [DifferenceKind, ...DifferenceKind[]]);

export const difference = z.object({
  kind: differenceKind,
  path: z.string(),
  imageId: z.string().nullable(),
  /** What differs, for a person. */
  message: z.string(),
  /** The same for programs. */
  details: z.record(z.string(), z.unknown()),
  /** What a person can do; null for what `fix` repairs. */
  todo: z.string().nullable(),
});
export type Difference = z.infer<typeof difference>;
