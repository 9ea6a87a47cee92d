import type { ImageRecord } from './image-record.ts';

/** What a picture, or its sidecar, says of itself. */
export type PictureTexts = Pick<ImageRecord, 'title' | 'caption' | 'keywords'>;

export const NO_TEXTS: PictureTexts = { title: null, caption: null, keywords: [] };

const MAX_TITLE = 2_000;
const MAX_CAPTION = 20_000;
const MAX_KEYWORD = 200;
const MAX_KEYWORDS = 500;

/** What cameras and phones write where a person's caption belongs; editing programs carry it on into XMP. */
const CAMERA_DEFAULTS = new RegExp(
  [
    '((olympus|(konica )?minolta|kodak|samsung|panasonic|casio|jenoptik|medion|vivitar) )?digital (still )?camera',
    'sony dsc',
    'samsung (csc|camera pictures)',
    'exif[ _]jpeg([ _]picture)?',
    'image description',
    'maginon',
    '<(digimax|kenox|samsung) .*>',
    String.raw`dcim\\.*`, // DJI, GoPro: the file's own path
    '(btf|cof|dav|edf|fbt|hdr|mde|nor|ptr|rbt|rhdr|sdr)', // Huawei: the kind of shot
    'oznor(wo)?',
  ]
    .map((pattern) => `^${pattern}$`)
    .join('|'),
  'i',
);

/** What was read, trimmed and within bounds; what says nothing, or could not be read as characters, is left out. */
export function toTexts({ title, caption, keywords }: Said): PictureTexts {
  const cleanCaption = clean(caption, MAX_CAPTION);
  const isDefault = cleanCaption !== null && CAMERA_DEFAULTS.test(cleanCaption);
  const words = new Set<string>();
  for (const keyword of keywords ?? []) {
    const word = oneLine(clean(keyword, MAX_KEYWORD));
    if (word !== null) words.add(word);
    if (words.size === MAX_KEYWORDS) break;
  }
  return { title: oneLine(clean(title, MAX_TITLE)), caption: isDefault ? null : cleanCaption, keywords: [...words] };
}

export interface Said {
  title?: string | null | undefined;
  caption?: string | null | undefined;
  keywords?: Iterable<string>;
}

/** Field by field the first that says something. */
export function firstSaid(...said: readonly PictureTexts[]): PictureTexts {
  return {
    title: said.find(({ title }) => title !== null)?.title ?? null,
    caption: said.find(({ caption }) => caption !== null)?.caption ?? null,
    keywords: said.find(({ keywords }) => keywords.length > 0)?.keywords ?? [],
  };
}

function clean(text: string | null | undefined, max: number): string | null {
  // Twice as much as is kept: enough for what is trimmed, and hostile megabytes are not gone through again and again.
  const plain = (text ?? '')
    .slice(0, max * 2)
    .toWellFormed()
    // Programs cut a text at so many bytes, within a character.
    .replace(/\ufffd+$/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, ' ')
    .normalize('NFC')
    .trim();
  if (plain === '' || plain.includes('\ufffd')) return null;
  return plain
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}

function oneLine(text: string | null): string | null {
  return text?.replace(/\s+/g, ' ') ?? null;
}
