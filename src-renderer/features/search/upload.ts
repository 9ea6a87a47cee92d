import { useCallback, useEffect, useState } from 'react';

/** A picture of this browser that is searched by. It is not in the address: nobody else has it. */
export interface Upload {
  /** One for each time that a picture was chosen. */
  id: number;
  file: File;
  /** Address of its bytes, within this page. */
  url: string;
}

let chosen = 0;

interface Own extends Upload {
  /** The stored picture that stands in the address still, which this one takes the place of. */
  over: string | undefined;
}

/** The picture that was chosen last. A stored one that comes into the address afterwards takes its place. */
export function useUpload(stored: string | undefined) {
  const [own, setOwn] = useState<Own | null>(null);
  const isOver = stored !== undefined && stored !== own?.over;
  if (own && isOver) setOwn(null);
  if (own?.over !== undefined && stored === undefined) setOwn({ ...own, over: undefined });
  const url = own?.url;
  useEffect(() => (url === undefined ? undefined : () => URL.revokeObjectURL(url)), [url]);
  const choose = useCallback(
    (file: File): void => setOwn({ id: ++chosen, file, url: URL.createObjectURL(file), over: stored }),
    [stored],
  );
  const clear = useCallback(() => setOwn(null), []);
  const upload: Upload | null = isOver ? null : own;
  return { upload, choose, clear };
}

/** The picture of a transfer that holds nothing else; null: it holds no file, several, or a folder. */
export function singleFile({ items }: DataTransfer): File | null {
  const files = [...items].filter(({ kind }) => kind === 'file');
  const [item] = files;
  if (!item || files.length > 1 || item.webkitGetAsEntry()?.isDirectory) return null;
  const file = item.getAsFile();
  return file && mayBePicture(file) ? file : null;
}

/** Browsers know no type of HEIC and some others; the server looks at the bytes anyway. */
function mayBePicture({ type, name }: File): boolean {
  return type.startsWith('image/') || (type === '' && /\.(hei[cf]|avif|tiff?|webp)$/i.test(name));
}
