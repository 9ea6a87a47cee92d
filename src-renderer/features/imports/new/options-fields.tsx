import { Autocomplete, Button, Collapse, Group, Input, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { DEFAULT_EXCLUDES } from '../../../../src-core/domain/default-excludes.ts';
import { TASK_PRIORITIES, type TaskPriority } from '../../../../src-core/domain/task.ts';
import { useApi } from '../../../app/context.ts';
import { folderOfPath, nameOfPath } from '../../../lib/path-names.ts';
import { NEW_IMPORT } from '../../../texts/imports.ts';
import { PatternsField } from '../../../ui/patterns-field.tsx';
import { PageLink } from '../../../ui/page-link.tsx';
import type { Options } from './options.ts';

const texts = NEW_IMPORT;
/** Patterns that are named; the rest stands on hover. */
const SHOWN = 6;

interface OptionsFieldsProps {
  /** What is imported; null: nothing is chosen yet. */
  path: string | null;
  value: Options;
  onChange(value: Options): void;
}

/** Everything that may be said of an import. Nothing has to be. */
export function OptionsFields({ path, value, onChange }: OptionsFieldsProps): ReactNode {
  const api = useApi();
  const { data: catalogs } = useQuery(api.catalogs.list.queryOptions());
  const { data: sources } = useQuery(api.sources.list.queryOptions({ input: {} }));
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const known = sources?.sources.find((source) => source.path === path && source.catalog === value.catalog);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const set = (change: Partial<Options>): void => onChange({ ...value, ...change });
  return (
    <Stack gap="sm">
      <Autocomplete
        size="xs"
        label={texts.catalog}
        description={texts.catalogText}
        data={catalogs?.catalogs.map(({ name }) => name) ?? []}
        value={value.catalog}
        onChange={(catalog) => set({ catalog })}
        maw={320}
      />
      {known ? (
        <Text size="sm">
          {texts.known(texts.rules(known.include.join(', '), known.exclude.join(', ')) || texts.noRules)}{' '}
          <PageLink to="/sources" search={{ source: known.id }} size="sm">
            {texts.changeRules}
          </PageLink>
        </Text>
      ) : (
        <Group grow align="start" gap="md">
          <PatternsField
            label={texts.include}
            description={texts.includeText}
            value={value.include}
            onChange={(include) => set({ include })}
          />
          <PatternsField
            label={texts.exclude}
            description={<DefaultExcludes />}
            value={value.exclude}
            onChange={(exclude) => set({ exclude })}
          />
        </Group>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        aria-expanded={isOpen}
        aria-controls={id}
        leftSection={<Chevron size={14} aria-hidden />}
        onClick={() => setOpen(!isOpen)}
        w="fit-content"
      >
        {texts.more}
      </Button>
      <Collapse expanded={isOpen} id={id}>
        <Stack gap="sm">
          <Group grow align="start" gap="md">
            <ManifestField
              path={path}
              value={value.manifest}
              onChange={(manifest) => set({ manifest, columns: null })}
            />
            <Input.Wrapper size="xs" label={texts.priority} labelElement="div">
              <SegmentedControl
                fullWidth
                size="xs"
                aria-label={texts.priority}
                data={TASK_PRIORITIES.map((one) => ({ value: one, label: texts.priorities[one] }))}
                value={value.priority}
                onChange={(priority) => set({ priority: priority as TaskPriority })}
              />
            </Input.Wrapper>
          </Group>
        </Stack>
      </Collapse>
    </Stack>
  );
}

/** What is left out by itself, which the settings may have turned off. */
function DefaultExcludes(): ReactNode {
  const { data } = useQuery(useApi().settings.get.queryOptions());
  const isOn = (name: string): boolean => data?.settings[name]?.value === true;
  const patterns = isOn('imports.defaultExcludes') ? DEFAULT_EXCLUDES : [];
  return (
    <span title={patterns.join('\n')}>
      {texts.excludeText(patterns.slice(0, SHOWN), patterns.length - SHOWN, isOn('imports.hidden'))}
    </span>
  );
}

interface ManifestFieldProps {
  path: string | null;
  value: string | null;
  onChange(value: string | null): void;
}

/** The manifests that lie in the folder, or beside it. */
function ManifestField({ path, value, onChange }: ManifestFieldProps): ReactNode {
  const api = useApi();
  const { data: inside } = useQuery({
    ...api.folders.browse.queryOptions({ input: path === null ? {} : { path }, retry: false }),
    enabled: path !== null,
  });
  const above = path === null ? null : folderOfPath(path);
  const { data: beside } = useQuery({
    ...api.folders.browse.queryOptions({ input: above === null ? {} : { path: above }, retry: false }),
    enabled: above !== null,
  });
  const manifests = [...(inside?.entries ?? []), ...(beside?.entries ?? [])].filter(
    (entry) => entry.kind === 'manifest' && entry.path !== path,
  );
  return (
    <Select
      size="xs"
      label={texts.manifest}
      description={texts.manifestText}
      placeholder={texts.noManifest}
      data={manifests.map((entry) => ({ value: entry.path, label: nameOfPath(entry.path) }))}
      value={value}
      onChange={onChange}
      disabled={manifests.length === 0}
      clearable
    />
  );
}
