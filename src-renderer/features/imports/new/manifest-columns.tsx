import { Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { MANIFEST_FIELDS, type ManifestColumns } from '../../../../src-core/domain/manifest-columns.ts';
import { toneColor } from '../../../app/theme.ts';
import { nameOfPath } from '../../../lib/path-names.ts';
import { MANIFEST } from '../../../texts/import-preview.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import classes from './import-preview.module.css';
import type { Manifest, useManifest } from './use-manifest.ts';

type Field = (typeof MANIFEST_FIELDS)[number];

interface ManifestColumnsFieldsProps {
  manifest: ReturnType<typeof useManifest>;
  onChange(columns: ManifestColumns): void;
}

/** Which column of the manifest holds what, and its first lines as they would be taken. */
export function ManifestColumnsFields({ manifest, onChange }: ManifestColumnsFieldsProps): ReactNode {
  const { path, data, error, isPlaceholderData } = manifest;
  if (path === null) return null;
  if (error) return <ErrorState error={error} />;
  if (!data) return null;
  const { columns, fields, rows } = data;
  return (
    <section className={classes.preview} aria-label={MANIFEST.title(nameOfPath(path))} aria-busy={isPlaceholderData}>
      <Text size="sm" fw={600}>
        {MANIFEST.title(nameOfPath(path))}
      </Text>
      <SimpleGrid cols={MANIFEST_FIELDS.length} spacing="sm">
        {MANIFEST_FIELDS.map((field) => (
          <Select
            key={field}
            size="xs"
            label={MANIFEST.fields[field]}
            placeholder={MANIFEST.none}
            data={columns}
            value={fields[field] ?? null}
            clearable={field !== 'path'}
            allowDeselect={field !== 'path'}
            onChange={(column) => onChange(changed(fields, field, column))}
          />
        ))}
      </SimpleGrid>
      {fields.path === null ? (
        <Text size="sm" style={{ color: toneColor('warning') }}>
          {MANIFEST.noPath}
        </Text>
      ) : (
        <FirstRows rows={rows} />
      )}
    </section>
  );
}

/** A column holds one field: whichever had it before has none. */
function changed(fields: Manifest['fields'], field: Field, column: string | null): ManifestColumns {
  const others = MANIFEST_FIELDS.filter((other) => other !== field).map((other) => {
    const held = fields[other] ?? null;
    return [other, held === column ? null : held] as const;
  });
  const { path, ...rest } = Object.fromEntries([...others, [field, column] as const]) as Record<Field, string | null>;
  return { ...rest, ...(path !== null && { path }) };
}

function FirstRows({ rows }: Pick<Manifest, 'rows'>): ReactNode {
  return (
    <Stack gap={4}>
      <div className={classes.rows}>
        <Table className={classes.texts} verticalSpacing={2} horizontalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {MANIFEST_FIELDS.map((field) => (
                <Table.Th key={field}>{MANIFEST.fields[field]}</Table.Th>
              ))}
              <Table.Th>{MANIFEST.others}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ line, path, problem, product_id, name, description, metadata }) => (
              <Table.Tr key={line}>
                {problem === null ? (
                  <>
                    <Table.Td title={path ?? undefined}>{path === null ? null : nameOfPath(path)}</Table.Td>
                    <Table.Td>{product_id}</Table.Td>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{description}</Table.Td>
                    <Table.Td>{othersOf(metadata)}</Table.Td>
                  </>
                ) : (
                  <Table.Td colSpan={MANIFEST_FIELDS.length + 1} style={{ color: toneColor('failed') }}>
                    {problem}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed">
        {MANIFEST.kept}
      </Text>
    </Stack>
  );
}

function othersOf(metadata: Record<string, unknown>): string {
  return Object.entries(metadata)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
