import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { DROP } from '../../texts/drop.ts';
import { useMayChange } from '../context.ts';
import { useDropHandler, type DropHandler } from './drop-handler.ts';
import { readDropped, setDropped, type Dropped } from './dropped.ts';

/** On every page, unless the page takes it itself: what is dropped is imported. */
export function ImportDrop(): null {
  const navigate = useNavigate();
  const mayChange = useMayChange();
  const importDropped = useCallback(
    async (reading: Promise<Dropped[]>) => {
      const dropped = await reading;
      if (dropped.length === 0) return;
      setDropped(dropped);
      await navigate({ to: '/imports', search: { add: true } });
    },
    [navigate],
  );
  const handler = useMemo<DropHandler>(
    () => ({
      text: (items) => (mayChange ? textOf(items) : DROP.readOnly),
      onDrop(transfer) {
        if (!mayChange) return;
        void importDropped(readDropped(transfer));
      },
    }),
    [mayChange, importDropped],
  );
  useDropHandler(handler);
  return null;
}

/** While it is dragged, only types are told: none of a folder. */
function textOf(items: DataTransferItemList): string {
  const types = [...items].filter(({ kind }) => kind === 'file').map(({ type }) => type);
  if (types.length === 1 && types[0] === '') return DROP.folder;
  if (types.every((type) => type.startsWith('image/'))) return DROP.pictures(types.length);
  if (types.length === 1) return DROP.manifest;
  return DROP.several(types.length);
}
