import { Button } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { AppError, ERRORS, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import type { Answers } from '../../app/client.ts';
import { useMayChange } from '../../app/context.ts';
import { useCommands, type Command } from '../../app/palette/commands.ts';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { SHELL } from '../../texts/shell.ts';
import { CatalogSelect } from '../../ui/catalog-select.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RecordDrawer } from '../../ui/picture/record-drawer.tsx';
import classes from './duplicates.module.css';
import { Found } from './found.tsx';
import { NotDrawer } from './not-drawer.tsx';
import { ScanButton } from './scan-button.tsx';
import { ScanProgress } from './scan-progress.tsx';
import { useActs } from './use-acts.ts';
import { useAddress } from './use-address.ts';
import { useScans } from './use-scans.ts';

type Catalogs = Answers['catalogs']['list']['catalogs'];

export function OneCatalog({ catalog, catalogs }: { catalog: Catalogs[number]; catalogs: Catalogs }): ReactNode {
  const { name, images } = catalog;
  const { query, change } = useAddress();
  const { isKnown, newest, completed, error, refetch } = useScans(name);
  const acts = useActs(name);
  const mayChange = useMayChange();
  const isRunning = newest?.state === 'running';
  const { mutate: start } = acts.start;

  const commands = useMemo<Command[]>(
    () => [
      ...(mayChange && !isRunning
        ? [{ id: 'duplicates-scan', label: DUPLICATES.commands.scan, run: () => start(undefined) }]
        : []),
      { id: 'duplicates-not', label: DUPLICATES.commands.not, run: () => change({ not: true }) },
    ],
    [start, change, mayChange, isRunning],
  );
  useCommands(commands);

  const scanButton = (
    <ScanButton
      isFirst={!completed}
      isBusy={acts.start.isPending}
      isDisabled={!mayChange || isRunning}
      onStart={start}
    />
  );
  return (
    <div className={classes.page}>
      <PageHeader
        title={SHELL.pages.duplicates}
        actions={
          <>
            <Button size="xs" variant="default" onClick={() => change({ not: true })}>
              {DUPLICATES.not.title}
            </Button>
            {completed && scanButton}
            <CatalogSelect
              catalogs={catalogs}
              value={name}
              onChange={(next) => change({ ...NEW_CATALOG, catalog: next })}
            />
          </>
        }
      />
      {error && !isKnown && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isRunning && (
        <ScanProgress
          scan={newest}
          isCancelling={acts.cancel.isPending}
          onCancel={() => acts.cancel.mutate(newest.scan_id)}
        />
      )}
      {newest?.state === 'failed' && newest.error && (
        <div className={classes.failed}>
          <ErrorState
            title={DUPLICATES.scan.failed}
            error={failureOf(newest.error)}
            onRetry={mayChange ? () => start(undefined) : undefined}
          />
        </div>
      )}
      {completed && <Found catalog={name} images={images} scan={completed} query={query} change={change} acts={acts} />}
      {isKnown && !completed && !isRunning && (
        <EmptyState
          title={DUPLICATES.none.title}
          text={DUPLICATES.none.text(images, formatCount(images))}
          action={scanButton}
        />
      )}
      <RecordDrawer imageId={query.open ?? null} catalog={name} onClose={() => change({ open: undefined })} />
      <NotDrawer
        isOpen={query.not ?? false}
        catalog={name}
        acts={acts}
        onClose={() => change({ not: undefined })}
        onOpen={(open) => change({ not: undefined, open })}
      />
    </div>
  );
}

/** Of a scan that another process may have run. */
function failureOf({ code, message }: { code: string; message: string }): Error {
  return code in ERRORS ? new AppError(code as ErrorCode, message) : new Error(message);
}

const NEW_CATALOG = { open: undefined, compare: undefined };
