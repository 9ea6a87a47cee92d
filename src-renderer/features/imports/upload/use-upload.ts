import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { useApi, useTransport } from '../../../app/context.ts';
import { setDropped } from '../../../app/drop/dropped.ts';
import { sendFile } from '../../../lib/send-file.ts';
import type { Options } from '../new/options.ts';
import { countFiles, filesOf } from './files-of.ts';
import { createUploader, type UploadProgress } from './upload.ts';

const uploader = createUploader();
export const { goOn, cancel } = uploader;

/** Null: nothing is being uploaded. */
export function useUploadProgress(): UploadProgress | null {
  const progress = useSyncExternalStore(uploader.subscribe, uploader.get);
  const isRunning = progress !== null;
  useEffect(() => {
    if (!isRunning) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isRunning]);
  return progress;
}

/** Sends what was dropped to the server, and imports it there. */
export function useUpload() {
  const api = useApi();
  const transport = useTransport();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (
    name: string,
    entries: readonly FileSystemEntry[],
    { catalog, include, exclude, priority }: Options,
  ): void => {
    setDropped([]);
    uploader.start({
      name,
      files: filesOf(entries),
      count: (signal) => countFiles(entries, signal),
      begin: async () => (await api.uploads.create.call({ name })).upload_id,
      send: (id, path, file, signal, isBegun) =>
        sendFile(transport.downloadUrl(`uploads/${id}/files/${encodePath(path)}`), file, signal, isBegun),
      async finish(upload_id) {
        const run = await api.uploads.import.call({ upload_id, catalog, include, exclude, priority });
        await Promise.all(
          [api.imports.key(), api.sources.key(), api.catalogs.key()].map((queryKey) =>
            queries.invalidateQueries({ queryKey }),
          ),
        );
        // Whoever went elsewhere meanwhile stays there.
        if (window.location.hash.startsWith('#/imports')) {
          await navigate({ to: '/imports', search: { import: run.import_id } });
        }
      },
      discard: async (upload_id) => void (await api.uploads.delete.call({ upload_id })),
    });
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
