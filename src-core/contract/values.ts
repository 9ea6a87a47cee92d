import { z } from 'zod';
import { splitValues } from '../domain/value-list.ts';

/** What a server has to know of a procedure beyond its input and output. */
export interface CallMeta {
  /** It streams, or must be fast: REST serves it by a route of its own. */
  plain?: boolean;
  /** It may take as long as reading a whole catalog. */
  slow?: boolean;
  /** It tells more of the machine than a read-only token should see, though it changes nothing. */
  fullToken?: boolean;
}

/** User agent of the command line, by which a server knows that it asks. */
export const COMMAND_LINE = 'imagefleet-cli';

/** ISO 8601 with milliseconds, in UTC. */
export const time = z.iso.datetime();

export const count = z.number().int().nonnegative();

/** Of a catalog. */
export const catalogRef = z.string().min(1).max(200).describe('Name or id of a catalog');

/** A whole number that may come as text: in a query or a form. */
export const wholeNumber = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number<number | string>().int().min(least).max(most);

/** What takes pictures out of a catalog is done only for the number that its caller was told. */
export const confirmedCount = wholeNumber(0).describe(
  'How many pictures will leave the catalog; asked without it, the refusal says',
);

export const confirmedBoth = wholeNumber(0).describe(
  'How many pictures and tasks that wait or run, together; asked without it, the refusal says',
);

/** Several values; in a query one, or several parted by commas (one with a comma in double quotes), or the field repeated. */
export const listOf = <T extends z.ZodType>(item: T, most = 100) =>
  z.preprocess((value) => (typeof value === 'string' ? splitValues(value) : value), z.array(item).min(1).max(most));

/** As on the command line: `format=png`, `width>=1000`, `folder=/photos/2024`, `metadata.colour=red`. All must hold. */
export const filterTexts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().max(10_000)).max(100),
);
