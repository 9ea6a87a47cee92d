import { thumbHashToDataURL } from 'thumbhash';

/** So many are kept: some screens full. */
const MOST = 2_000;
const known = new Map<string, string>();

/** A blurred picture as a data URL, from a record's `thumbhash` (base64); null where that is none. */
export function placeholderUrl(thumbhash: string): string | null {
  const found = known.get(thumbhash);
  if (found !== undefined) return found;
  const url = drawn(thumbhash);
  if (url === null) return null;
  if (known.size >= MOST) known.delete(known.keys().next().value!);
  known.set(thumbhash, url);
  return url;
}

function drawn(thumbhash: string): string | null {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (letter) => letter.charCodeAt(0)));
  } catch {
    return null; // a placeholder is not worth an error
  }
}
