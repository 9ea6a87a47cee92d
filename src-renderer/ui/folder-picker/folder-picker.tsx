import { ActionIcon, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { folderOfPath } from '../../lib/path-names.ts';
import { FOLDER_PICKER } from '../../texts/folder-picker.ts';
import { EmptyState } from '../empty-state.tsx';
import { ErrorState } from '../error-state.tsx';
import { Entries } from './entries.tsx';
import classes from './folder-picker.module.css';
import { useFolder, type Entry, type Listing } from './use-folder.ts';

interface FolderPickerProps {
  /** A folder, or a file in one; null: nothing is chosen yet. */
  value: string | null;
  /** The folder that is opened is chosen, until a file in it is. */
  onChange(path: string | null, kind: Entry['kind'] | null): void;
  /** Files can be chosen too. */
  takesFiles?: boolean;
}

/** Chooses what lies on the server's machine: within the folders that it may read, for a browser tells no paths. */
export function FolderPicker({ value, onChange, takesFiles = false }: FolderPickerProps): ReactNode {
  const [file, setFile] = useState<string | null>(null);
  const folder = file !== null && file === value ? folderOfPath(file) : value;
  const { listing, error, refetch, isOnItsWay, hasNoRoots, up } = useFolder(folder);
  const entries = listing?.entries.filter(({ kind }) => takesFiles || kind === 'folder') ?? [];

  function goTo(path: string | null): void {
    setFile(null);
    onChange(path, path === null ? null : 'folder');
  }

  function open({ path, kind }: Entry): void {
    if (kind === 'folder') return goTo(path);
    setFile(path);
    onChange(path, kind);
  }

  if (hasNoRoots) return <NoRoots />;
  return (
    <Stack gap="xs">
      <PathField value={value} up={folder === null ? undefined : () => goTo(up)} onGo={goTo} />
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Entries
          folder={listing?.path ?? null}
          entries={entries}
          chosen={value}
          onOpen={open}
          onUp={() => folder !== null && goTo(up)}
        >
          {listing && entries.length === 0 && !isOnItsWay && (
            <Text c="dimmed" p="md">
              {FOLDER_PICKER.emptyFolder}
            </Text>
          )}
        </Entries>
      )}
      <div className={classes.note}>{listing && noteOf(listing)}</div>
    </Stack>
  );
}

function noteOf({ path, entries, truncated }: Listing): string {
  if (truncated) return FOLDER_PICKER.truncated(formatCount(entries.length));
  if (path === null) return FOLDER_PICKER.roots;
  const pictures = entries.filter(({ kind }) => kind === 'picture');
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  const inside = FOLDER_PICKER.folders(folders, formatCount(folders));
  if (pictures.length === 0) return FOLDER_PICKER.hereOnly(inside);
  const bytes = pictures.reduce((sum, picture) => sum + (picture.bytes ?? 0), 0);
  return FOLDER_PICKER.here(
    inside,
    FOLDER_PICKER.pictures(pictures.length, formatCount(pictures.length)),
    formatBytes(bytes),
  );
}

interface PathFieldProps {
  value: string | null;
  /** Undefined: there is nothing above. */
  up: (() => void) | undefined;
  onGo(path: string | null): void;
}

/** Typed paths are gone to by Enter. */
function PathField({ value, up, onGo }: PathFieldProps): ReactNode {
  const [typed, setTyped] = useState<{ over: string | null; text: string } | null>(null);
  const text = typed?.over === value ? typed.text : (value ?? '');
  const path = text.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onGo(path === '' ? null : path);
      }}
    >
      <Group gap="xs" align="end" wrap="nowrap">
        <ActionIcon
          variant="default"
          size={30}
          aria-label={FOLDER_PICKER.up}
          title={FOLDER_PICKER.up}
          disabled={!up}
          onClick={up}
        >
          <IconArrowUp size={16} aria-hidden />
        </ActionIcon>
        <TextInput
          flex={1}
          size="xs"
          aria-label={FOLDER_PICKER.path}
          placeholder={FOLDER_PICKER.placeholder}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => setTyped({ over: value, text: currentTarget.value })}
        />
        <Button type="submit" size="xs" variant="default" disabled={path === (value ?? '')}>
          {FOLDER_PICKER.go}
        </Button>
      </Group>
    </form>
  );
}

function NoRoots(): ReactNode {
  const { title, text, start } = FOLDER_PICKER.noRoots;
  return <EmptyState title={title} text={text} action={<Code>{start}</Code>} />;
}
