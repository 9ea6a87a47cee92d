import { IconPhotoOff } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { THUMBNAIL_EDGES } from '../../../src-core/contract/images.ts';
import { useTransport } from '../../app/context.ts';
import { placeholderUrl } from '../../lib/placeholder.ts';
import { createSlots } from '../../lib/slots.ts';
import { PICTURE } from '../../texts/picture.ts';
import classes from './thumbnail.module.css';

/** Pictures that are on their way at once, on all pages: a browser has six lines to a server, and calls need them too. */
const slots = createSlots(8);

export interface ThumbnailProps {
  imageId: string;
  /** Id or name. Without it, all catalogs are asked. */
  catalog?: string | undefined;
  /** In CSS pixels: the next larger thumbnail is asked for. */
  size: number;
  /** Empty where its name stands beside it. */
  alt: string;
  thumbhash?: string | undefined;
  /** Its file is gone: nothing is asked for. */
  isMissing?: boolean;
}

/** A picture of the catalog that fits into its frame. One that is taken away before it came is not loaded. */
export function Thumbnail({ imageId, catalog, size, alt, thumbhash, isMissing = false }: ThumbnailProps): ReactNode {
  const url = useTransport().thumbnailUrl({ imageId, catalog, edge: edgeOf(size) });
  const [failed, setFailed] = useState<string | null>(null);
  const isGone = isMissing || failed === url;
  const placeholder = thumbhash ? placeholderUrl(thumbhash) : null;
  return (
    <div className={classes.frame} data-gone={isGone || undefined}>
      {placeholder && <img className={classes.placeholder} src={placeholder} alt="" draggable={false} />}
      {isGone ? (
        <span className={classes.gone} role="img" aria-label={alt || PICTURE.noPicture} title={PICTURE.noPicture}>
          <IconPhotoOff size={size < 64 ? 16 : 24} stroke={1.5} aria-hidden />
        </span>
      ) : (
        <Loaded url={url} alt={alt} onFail={() => setFailed(url)} />
      )}
    </div>
  );
}

/** React would set the address at once; here it waits for its turn, and is taken back when nobody wants it any more. */
function Loaded({ url, alt, onFail }: { url: string; alt: string; onFail(): void }): ReactNode {
  const image = useRef<HTMLImageElement>(null);
  const fail = useEffectEvent(onFail);
  useEffect(() => {
    const element = image.current!;
    const done = slots.take(() => (element.src = url));
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener('load', () => (done(), element.setAttribute('data-loaded', '')), { signal });
    element.addEventListener('error', () => (done(), fail()), { signal });
    return () => {
      listening.abort();
      done();
      element.removeAttribute('src');
      element.removeAttribute('data-loaded');
    };
  }, [url]);
  return <img ref={image} className={classes.image} alt={alt} decoding="async" draggable={false} />;
}

function edgeOf(size: number): number {
  const wanted = size * Math.min(window.devicePixelRatio, 2);
  return THUMBNAIL_EDGES.find((edge) => edge >= wanted) ?? 1024;
}
