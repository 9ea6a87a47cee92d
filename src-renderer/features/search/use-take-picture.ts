import { useEffect, useEffectEvent, useMemo } from 'react';
import { handlerBelow, useDropHandler, type DropHandler } from '../../app/drop/drop-handler.ts';
import { SEARCH } from '../../texts/search.ts';
import { singleFile } from './upload.ts';

/** One picture that is dropped anywhere or pasted is searched by; folders and lists of files are imported as on every page. */
export function useTakePicture(onPicture: (file: File) => void): void {
  const handler = useMemo<DropHandler>(() => {
    const below = (): DropHandler | null => handlerBelow(handler);
    const handler: DropHandler = {
      text(items) {
        if (isOnePicture(items)) return SEARCH.drop;
        const { text = '' } = below() ?? {};
        return typeof text === 'function' ? text(items) : text;
      },
      onDrop(transfer) {
        const file = singleFile(transfer);
        if (file) onPicture(file);
        else below()?.onDrop(transfer);
      },
    };
    return handler;
  }, [onPicture]);
  useDropHandler(handler);

  const take = useEffectEvent(onPicture);
  useEffect(() => {
    const onPaste = ({ clipboardData }: ClipboardEvent): void => {
      const file = clipboardData && singleFile(clipboardData);
      if (file) take(file);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);
}

/** While it is dragged, a browser tells its type alone; a folder has none. */
function isOnePicture(items: DataTransferItemList): boolean {
  const files = [...items].filter(({ kind }) => kind === 'file');
  return files.length === 1 && files[0]!.type.startsWith('image/');
}
