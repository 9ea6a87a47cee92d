import readExif from 'exif-reader';

/** 0000:00:00 00:00:00 as exif-reader understands it: a camera whose clock was never set. */
const NEVER = Date.UTC(0, -1, 0);

/**
 * When the picture was taken, in ms since the epoch: EXIF DateTimeOriginal, in the zone that EXIF names, else UTC. Null
 * without one; a damaged EXIF block is no reason to refuse a picture.
 */
export function capturedAt(exif: Buffer | undefined): number | null {
  if (!exif) return null;
  try {
    const { Photo: photo } = readExif(exif);
    const local = photo?.DateTimeOriginal?.getTime();
    if (local === undefined || Number.isNaN(local) || local === NEVER) return null;
    return local - zoneOffset(photo?.OffsetTimeOriginal);
  } catch {
    return null;
  }
}

/** "+05:30" in ms. */
function zoneOffset(zone: unknown): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(String(zone)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
