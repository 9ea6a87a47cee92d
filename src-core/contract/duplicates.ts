import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { DEFAULT_CATALOG } from '../domain/catalog.ts';
import { DEFAULT_GROUP_SCORE, GROUP_KINDS, leastScore, SCAN_STATES } from '../domain/duplicates.ts';
import { DIFFERENCES, KEEP_REASONS } from '../domain/keep-rules.ts';
import { imageId, pictureDocument } from './images.ts';
import { catalogRef, confirmedCount, count, listOf, time, wholeNumber, type CallMeta } from './values.ts';

const catalog = catalogRef.default(DEFAULT_CATALOG);
const scanId = z.uuid().toLowerCase();
const yes = z.union([z.boolean(), z.stringbool()]);

export const scanDocument = z.object({
  scan_id: scanId,
  catalog_id: z.uuid(),
  state: z.enum(SCAN_STATES),
  /** Cosine from which on pairs are kept: the lowest threshold that groups can have. */
  least_score: z.number(),
  /** Pictures that have been compared with all others, and how many there were. */
  compared: count,
  pictures: count,
  /** Of the whole work, from 0 to 1. */
  share: z.number(),
  pairs: count,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  finished_at: time.nullable(),
});

/** Which groups; the same for every call. In a query a list is parted by commas. */
const which = {
  catalog,
  /** Cosine; inclusive. */
  min_score: z.coerce.number<number | string>().pipe(leastScore).default(DEFAULT_GROUP_SCORE),
  /** `exact`: all pictures of a group have the same bytes; `near`: not all. */
  kind: z.enum(GROUP_KINDS).optional(),
  /** Pairs within one product do not count. */
  hide_same_product: yes.default(false),
  /** Only groups whose pictures lie under several products. */
  across_products: yes.default(false),
};
export const whichGroups = z.strictObject(which);
export type WhichGroupsInput = z.output<typeof whichGroups>;

const keepRule = z
  .string()
  .max(4_096)
  .regex(/^(largest|oldest|folder:.+)$/, 'must be largest, oldest or folder:PATH');
/** Each decides where those before it do not. */
const keep = listOf(keepRule, 20);

/** Chosen one by one, whatever the rules say; the last picture of a group is kept all the same. */
const byHand = {
  keep_ids: listOf(imageId, 10_000).optional(),
  mark_ids: listOf(imageId, 10_000).optional(),
};
export type ByHandInput = { keep_ids?: string[] | undefined; mark_ids?: string[] | undefined };

const duplicate = pictureDocument
  .pick({
    image_id: true,
    path: true,
    product_id: true,
    name: true,
    width: true,
    height: true,
    format: true,
    bytes: true,
    captured_at: true,
    missing_since: true,
  })
  .extend({
    modified_at: time,
    content_hash: z.string(),
    /** Of its best pair in the group; null where only the bytes say that it belongs there. */
    score: z.number().nullable(),
  });

const reason = z.enum(KEEP_REASONS);

const groupDocument = z.object({
  group_id: imageId,
  kind: z.enum(GROUP_KINDS),
  /** Of its best pair. */
  score: z.number(),
  across_products: z.boolean(),
  /** How many pictures it has; of a very large one not all are told. */
  size: count,
  differences: z.array(z.enum(DIFFERENCES)),
  pictures: z.array(duplicate),
  /** What the rules keep and mark; both empty where none were given. */
  keep: z.array(z.object({ image_id: imageId, why: reason })),
  /** `for` is kept instead, and directly like it. */
  mark: z.array(z.object({ image_id: imageId, for: imageId, score: z.number().nullable(), why: reason })),
});

const page = {
  limit: wholeNumber(1, 100).default(20),
  cursor: wholeNumber(0).optional(),
};

/** Groups, with what is to be known of the scan. */
export const groupsDocument = z.object({
  scan: scanDocument,
  /** Pictures that were indexed since it began, and by how many there are fewer now. */
  changed_since: z.object({ indexed: count, fewer: count }),
  group_count: count,
  picture_count: count,
  groups: z.array(groupDocument),
  next: count.nullable(),
});

const notDocument = z.object({
  not_id: z.uuid(),
  image_ids: z.array(imageId),
  /** Only this one is no duplicate of the others; null: no two of them are. */
  one_id: imageId.nullable(),
  created_at: time,
});

const choicesDocument = z.object({ keep_ids: z.array(imageId), mark_ids: z.array(imageId) });

export const chosenGroups = z.strictObject({ ...which, keep, ...byHand });
/** Of the CSV, which a plain route streams. */
export const groupsForCsv = chosenGroups.partial({ keep: true });

export const followScans = z.strictObject({ catalog });

const scanEvent = z.object({ event: z.literal('scan'), data: scanDocument });
export type ScanEvent = z.input<typeof scanEvent>;

export const duplicatesContract = {
  events: oc
    .$meta<CallMeta>({ plain: true })
    .route({
      method: 'GET',
      path: '/duplicates/events',
      summary: 'How the newest scan of a catalog goes on, as server-sent events; begins with how it is',
    })
    .input(followScans)
    .output(eventIterator(scanEvent)),
  scan: oc
    .route({
      method: 'POST',
      path: '/duplicates/scans',
      successStatus: 201,
      summary: 'Compare all pictures of a catalog with each other; the answer comes at once',
    })
    .input(z.strictObject({ catalog, least_score: leastScore.optional() }))
    .output(scanDocument),
  scans: oc
    .route({ method: 'GET', path: '/duplicates/scans', summary: 'Scans of a catalog, the newest first' })
    .input(z.strictObject({ catalog, limit: wholeNumber(1, 20).default(20) }))
    .output(z.object({ scans: z.array(scanDocument) })),
  getScan: oc
    .route({ method: 'GET', path: '/duplicates/scans/{scan_id}', summary: 'How far a scan is' })
    .input(z.strictObject({ scan_id: scanId }))
    .output(scanDocument),
  cancelScan: oc
    .route({
      method: 'POST',
      path: '/duplicates/scans/{scan_id}/cancel',
      summary: 'End a scan, and drop what it found',
    })
    .input(z.strictObject({ scan_id: scanId }))
    .output(scanDocument),
  groups: oc
    .route({
      method: 'GET',
      path: '/duplicates/groups',
      summary: 'Groups of the last completed scan, the largest first',
    })
    .input(z.strictObject({ ...which, ...page }))
    .output(groupsDocument),
  choose: oc
    .route({
      method: 'POST',
      path: '/duplicates/choose',
      summary: 'The same groups, with the pictures that rules keep and mark; nothing is changed',
    })
    .input(z.strictObject({ ...which, keep, ...byHand, ...page }))
    .output(groupsDocument),
  countMarked: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/duplicates/choose/count',
      summary: 'How many pictures the rules mark, in all groups',
    })
    .input(chosenGroups)
    .output(z.object({ marked: count })),
  remove: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/duplicates/remove',
      summary: 'Take the marked pictures of all groups out of their catalog; the files are left alone',
    })
    .input(z.strictObject({ ...which, keep, ...byHand, confirm: confirmedCount.optional() }))
    .output(z.object({ removed: count })),
  choices: oc
    .route({
      method: 'GET',
      path: '/duplicates/choices',
      summary: 'Pictures of the last completed scan that were chosen by hand, for keep_ids and mark_ids',
    })
    .input(z.strictObject({ catalog }))
    .output(choicesDocument),
  setChoices: oc
    .route({
      method: 'PATCH',
      path: '/duplicates/choices',
      summary: 'Choose pictures by hand, or take that back; kept until the next scan has completed',
    })
    .input(z.strictObject({ catalog, ...byHand, undo_ids: listOf(imageId, 10_000).optional() }))
    .output(choicesDocument),
  addNot: oc
    .route({
      method: 'POST',
      path: '/duplicates/not',
      successStatus: 201,
      summary:
        'Say that no two of these pictures are duplicates, or that one is none of the others; outlives every scan',
    })
    .input(z.strictObject({ catalog, image_ids: z.array(imageId).min(2).max(1_000), one_id: imageId.optional() }))
    .output(notDocument),
  listNot: oc
    .route({ method: 'GET', path: '/duplicates/not', summary: 'What was said to be no duplicates, the newest first' })
    .input(z.strictObject({ catalog, limit: wholeNumber(1, 1_000).default(100), after: z.uuid().optional() }))
    .output(z.object({ not_duplicates: z.array(notDocument), next: z.uuid().nullable() })),
  removeNot: oc
    .route({ method: 'DELETE', path: '/duplicates/not/{not_id}', summary: 'Take that back' })
    .input(z.strictObject({ not_id: z.uuid().toLowerCase() }))
    .output(notDocument),
};
