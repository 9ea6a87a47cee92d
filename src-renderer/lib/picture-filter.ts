import { z } from 'zod';
import { listOf } from '../../src-core/contract/values.ts';
import { imageFormat } from '../../src-core/domain/image-record.ts';
import {
  FILE_SIZE_CLASSES,
  sizeTexts,
  WIDTH_CLASSES,
  type FileSizeClass,
  type WidthClass,
} from '../../src-core/domain/size-classes.ts';
import { joinValues, quoteValue } from '../../src-core/domain/value-list.ts';
import { isWholePath } from './path-names.ts';

const words = listOf(z.string().min(1).max(500)).optional().catch(undefined);
const day = z.iso.date().optional().catch(undefined);

const namesOf = <Name extends string>(classes: Record<Name, unknown>) => Object.keys(classes) as [Name, ...Name[]];

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
  width: z.enum(namesOf<WidthClass>(WIDTH_CLASSES)).optional().catch(undefined),
  /** Of the file. */
  size: z.enum(namesOf<FileSizeClass>(FILE_SIZE_CLASSES)).optional().catch(undefined),
  /** Whether its file is gone. */
  file: z.enum(['there', 'missing']).optional().catch(undefined),
};
const schema = z.object(pictureFilter);
export type PictureFilter = z.output<typeof schema>;
export type FilterName = keyof PictureFilter;

const FIELDS: { [Name in FilterName]-?: (value: NonNullable<PictureFilter[Name]>) => string[] } = {
  format: (formats) => [`format=${joinValues(formats)}`],
  product: (ids) => [`product_id=${joinValues(ids)}`],
  keyword: (keywords) => [`keywords=${joinValues(keywords)}`],
  folder: (folder) => [`folder=${quoteValue(folder)}`],
  from: (date) => [`captured_at>=${date}`],
  to: (date) => [`captured_at<=${date}`],
  width: (name) => sizeTexts('width', WIDTH_CLASSES[name]),
  size: (name) => sizeTexts('bytes', FILE_SIZE_CLASSES[name]),
  file: (file) => [file === 'missing' ? 'missing_since=*' : 'missing_since!=*'],
};
const NAMES = Object.keys(FIELDS) as FilterName[];

/** The conditions of the API that a filter means; `without` leaves some of its parts out. */
export function filterTextsOf(filter: PictureFilter, ...without: readonly FilterName[]): string[] {
  return NAMES.flatMap((name) => {
    const value = filter[name];
    return value === undefined || without.includes(name) ? [] : (FIELDS[name] as (value: unknown) => string[])(value);
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

type Days = Pick<PictureFilter, 'from' | 'to'>;

/** The days of a year, or of all before one, as the API calls those: `2024`, `before 1990`. */
export function daysOf(year: string | undefined): Days {
  const [, before, number] = /^(before )?(\d{4})$/.exec(year ?? '') ?? [];
  if (number === undefined) return { from: undefined, to: undefined };
  if (before) return { from: undefined, to: `${Number(number) - 1}-12-31` };
  return { from: `${number}-01-01`, to: `${number}-12-31` };
}

/** Which of these years the days are. */
export function yearOf({ from, to }: Days): string | undefined {
  const [, last] = /^(\d{4})-12-31$/.exec(to ?? '') ?? [];
  if (last === undefined) return undefined;
  const year = from === undefined ? `before ${Number(last) + 1}` : last;
  return daysOf(year).from === from ? year : undefined;
}
