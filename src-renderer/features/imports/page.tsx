import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMeasuredRates } from '../../ui/import-bar/use-rate.ts';
import { ImportDetail } from './detail/import-detail.tsx';
import { FirstRun } from './first-run/first-run.tsx';
import { ImportsList } from './imports-list.tsx';
import { NewImport } from './new/new-import.tsx';
import { UploadPanel } from './upload/upload-panel.tsx';

const route = getRouteApi('/imports');

export function ImportsPage(): ReactNode {
  const { import: importId, setup = false, add = false } = route.useSearch();
  const navigate = route.useNavigate();
  useMeasuredRates();
  return (
    <>
      <UploadPanel />
      {importId !== undefined ? (
        <ImportDetail key={importId} importId={importId} />
      ) : setup ? (
        <FirstRun />
      ) : (
        <ImportsList />
      )}
      <NewImport
        isOpen={add}
        onClose={() => void navigate({ search: (old) => ({ ...old, add: undefined }), replace: true })}
      />
    </>
  );
}
