import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { setDropped, useDropped, type Dropped } from '../../../app/drop/dropped.ts';
import { formatCount } from '../../../lib/format.ts';
import { nameOfPath } from '../../../lib/path-names.ts';
import { NEW_IMPORT, UPLOAD } from '../../../texts/imports.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { FolderPicker } from '../../../ui/folder-picker/folder-picker.tsx';
import { useUpload, useUploadProgress } from '../upload/use-upload.ts';
import { ImportPreview } from './import-preview.tsx';
import classes from './new-import.module.css';
import { ManifestColumnsFields } from './manifest-columns.tsx';
import { DEFAULT_OPTIONS } from './options.ts';
import { OptionsFields } from './options-fields.tsx';
import { useFound } from './use-found.ts';
import { useManifest } from './use-manifest.ts';
import { useStart } from './use-start.ts';

const texts = NEW_IMPORT;

interface NewImportProps {
  isOpen: boolean;
  onClose(): void;
}

/** Chooses what is imported, or finds what was dropped. */
export function NewImport({ isOpen, onClose }: NewImportProps): ReactNode {
  function close(): void {
    setDropped([]);
    onClose();
  }
  return (
    <Modal opened={isOpen} onClose={close} title={texts.title} size={760} centered>
      <NewImportForm onClose={close} />
    </Modal>
  );
}

function NewImportForm({ onClose }: Pick<NewImportProps, 'onClose'>): ReactNode {
  const dropped = useDropped();
  const found = useFound(dropped);
  /** Undefined: nothing was chosen by hand yet. */
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const [options, setOptions] = useState(DEFAULT_OPTIONS);
  const start = useStart();
  const upload = useUpload();
  const isUploading = useUploadProgress() !== null;

  const paths = chosen === undefined ? (found.data?.paths ?? []) : chosen === null ? [] : [chosen];
  const path = paths.length === 1 ? paths[0]! : null;
  const manifest = useManifest(path, options);
  const isReadable = manifest.path === null || typeof manifest.data?.fields.path === 'string';
  const canStart = paths.length > 0 && options.catalog.trim() !== '' && !found.isLoading && isReadable;

  function choose(next: string | null): void {
    setChosen(next);
    setOptions((old) => ({ ...old, manifest: null, columns: null }));
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (canStart) start.mutate({ paths, options: { ...options, catalog: options.catalog.trim() } });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed" role="status">
          {dropped.length === 0 ? texts.text : droppedText(dropped, found, paths)}
        </Text>
        {found.error && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
        {paths.length > 1 ? (
          <Several paths={paths} onOther={() => choose(null)} />
        ) : (
          <FolderPicker value={path} onChange={choose} takesFiles />
        )}
        <OptionsFields path={path} value={options} onChange={setOptions} />
        <ManifestColumnsFields manifest={manifest} onChange={(columns) => setOptions((old) => ({ ...old, columns }))} />
        {path !== null && options.catalog.trim() !== '' && isReadable && (
          <ImportPreview path={path} options={options} />
        )}
        {dropped.length > 0 && (
          <Text size="sm" c="dimmed">
            {UPLOAD.hint}
          </Text>
        )}
        {start.error && <ErrorState error={start.error} />}
        <Group justify="flex-end" gap="sm" className={classes.foot}>
          <Button variant="default" size="sm" onClick={onClose}>
            {texts.cancel}
          </Button>
          {dropped.length > 0 && (
            <Button
              variant="default"
              size="sm"
              disabled={found.isLoading || isUploading || options.catalog.trim() === ''}
              onClick={() => {
                upload(
                  dropped.length === 1 ? dropped[0]!.name : namesOf(dropped.map(({ name }) => name)),
                  dropped.map(({ entry }) => entry),
                  options,
                );
                onClose();
              }}
            >
              {UPLOAD.start}
            </Button>
          )}
          <Button type="submit" size="sm" disabled={!canStart} loading={start.isPending}>
            {path !== null
              ? texts.start(nameOfPath(path))
              : paths.length > 1
                ? texts.startSeveral(formatCount(paths.length))
                : texts.nothing}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Several({ paths, onOther }: { paths: readonly string[]; onOther(): void }): ReactNode {
  return (
    <Stack gap="xs" align="start">
      <Text size="sm">{texts.dropped.several}</Text>
      <List size="sm">
        {paths.map((path) => (
          <List.Item key={path}>{path}</List.Item>
        ))}
      </List>
      <Button size="compact-sm" variant="default" onClick={onOther}>
        {texts.dropped.other}
      </Button>
    </Stack>
  );
}

function droppedText(
  dropped: readonly Dropped[],
  { data, isLoading }: ReturnType<typeof useFound>,
  paths: readonly string[],
): string {
  if (isLoading || !data) return texts.dropped.looking(namesOf(dropped.map(({ name }) => name)));
  if (data.missing.length > 0) return texts.dropped.missing(namesOf(data.missing));
  const isTheirFolder = dropped.length > paths.length && dropped.every(({ kind }) => kind === 'file');
  return isTheirFolder ? texts.dropped.foundFolder : texts.dropped.found(namesOf(dropped.map(({ name }) => name)));
}

function namesOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? `“${first}”` : texts.dropped.more(`“${first}”`, others.length);
}
