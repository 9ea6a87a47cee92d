import exifReader from 'exif-reader';

/** 0000:00:00 00:00:00 as exif-reader understands it: a camera whose clock was never set. */
const NEVER = Date.UTC(0, -1, 0);

export interface Exif {
  /** DateTimeOriginal in ms since the epoch, in the zone that the block names, else UTC. */
  capturedAt: number | null;
  /** ImageDescription. */
  description: string | null;
}

/** What is not said is null; a damaged block is no reason to refuse a picture. */
export function readExif(block: Buffer | undefined): Exif {
  if (!block) return { capturedAt: null, description: null };
  try {
    const { Photo: photo, Image: image } = exifReader(block);
    const local = photo?.DateTimeOriginal?.getTime();
    const isSaid = local !== undefined && !Number.isNaN(local) && local !== NEVER;
    return {
      capturedAt: isSaid ? local - zoneOffset(photo?.OffsetTimeOriginal) : null,
      description: toText(image?.ImageDescription),
    };
  } catch {
    return { capturedAt: null, description: null };
  }
}

/** "+05:30" in ms. */
function zoneOffset(zone: unknown): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(String(zone)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}

/** EXIF's text is ASCII; what is not comes as bytes, which are UTF-8 nearly always. */
function toText(value: unknown): string | null {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' ? value : null;
}
