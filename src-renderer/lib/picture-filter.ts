import { z } from 'zod';
import { listOf } from '../../src-core/contract/values.ts';
import { imageFormat } from '../../src-core/domain/image-record.ts';
import { isWholePath } from './path-names.ts';

const words = listOf(z.string().min(1).max(500)).optional().catch(undefined);
const day = z.iso.date().optional().catch(undefined);

/** Sizes of files that people tell apart, in bytes; the upper one does not belong. */
export const FILE_SIZES = {
  small: [0, 100_000],
  medium: [100_000, 1_000_000],
  large: [1_000_000, 10_000_000],
  huge: [10_000_000, null],
} as const;
export const FILE_SIZE_NAMES = ['small', 'medium', 'large', 'huge'] as const;
export type FileSize = keyof typeof FILE_SIZES;

/** Widths that are asked for at least, in pixels. */
export const WIDTHS = [640, 1_280, 1_920, 3_840] as const;

/** Which pictures; all must hold. Part of the address of each page that lists pictures. */
export const pictureFilter = {
  format: listOf(imageFormat).optional().catch(undefined),
  product: words,
  keyword: words,
  /** All below it, as this server names it. */
  folder: z.string().max(4_096).refine(isWholePath).optional().catch(undefined),
  /** Taken on this day or later, in UTC. */
  from: day,
  /** Taken on this day or earlier. */
  to: day,
  /** At least so wide, in pixels. */
  width: z.coerce.number().int().positive().optional().catch(undefined),
  size: z.enum(FILE_SIZE_NAMES).optional().catch(undefined),
  /** Whether its file is gone. */
  file: z.enum(['there', 'missing']).optional().catch(undefined),
};
const schema = z.object(pictureFilter);
export type PictureFilter = z.output<typeof schema>;
export type FilterName = keyof PictureFilter;

const FIELDS: { [Name in FilterName]-?: (value: NonNullable<PictureFilter[Name]>) => string[] } = {
  format: (formats) => [`format=${formats.join(',')}`],
  product: (ids) => [`product_id=${ids.join(',')}`],
  keyword: (keywords) => [`keywords=${keywords.join(',')}`],
  folder: (folder) => [`folder=${folder}`],
  from: (date) => [`captured_at>=${date}`],
  to: (date) => [`captured_at<=${date}`],
  width: (pixels) => [`width>=${pixels}`],
  size: (name) => {
    const [least, below] = FILE_SIZES[name];
    return [...(least > 0 ? [`bytes>=${least}`] : []), ...(below === null ? [] : [`bytes<${below}`])];
  },
  file: (file) => [file === 'missing' ? 'missing_since=*' : 'missing_since!=*'],
};
const NAMES = Object.keys(FIELDS) as FilterName[];

/** The conditions of the API that a filter means; `without` leaves one of its parts out. */
export function filterTextsOf(filter: PictureFilter, without?: FilterName): string[] {
  return NAMES.flatMap((name) => {
    const value = filter[name];
    return value === undefined || name === without ? [] : (FIELDS[name] as (value: unknown) => string[])(value);
  });
}

/** The parts of an address that are filters of pictures. */
export function pictureFilterOf(search: PictureFilter): PictureFilter {
  return Object.fromEntries(NAMES.map((name) => [name, search[name]])) as PictureFilter;
}

/** How many parts restrict. */
export function restrictionsOf(filter: PictureFilter): number {
  return NAMES.filter((name) => filter[name] !== undefined).length;
}

export const NO_FILTER: PictureFilter = Object.fromEntries(NAMES.map((name) => [name, undefined])) as PictureFilter;
