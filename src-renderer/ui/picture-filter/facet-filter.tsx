import { TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { quoteValue } from '../../../src-core/domain/value-list.ts';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { UNITS } from '../../texts/units.ts';
import classes from './picture-filter.module.css';

interface FacetFilterProps {
  label: string;
  catalog: string;
  /** As the API calls it. */
  field: string;
  /** The conditions of all other filters. */
  others: readonly string[];
  chosen: readonly string[];
  /** The last one is the newest. */
  onChange(chosen: string[]): void;
  /** Values shown. */
  most?: number;
  /** Others are found by their beginning. */
  isOpen?: boolean;
  textOf?: (value: string) => string;
  /** Below the values. */
  children?: ReactNode;
}

const asItIs = (value: string): string => value;

/** Values of a field with how many pictures have them, to choose some of. */
export function FacetFilter(props: FacetFilterProps): ReactNode {
  const {
    label,
    catalog,
    field,
    others,
    chosen,
    onChange,
    most = 8,
    isOpen = false,
    textOf = asItIs,
    children,
  } = props;
  const [beginning, setBeginning] = useState('');
  const api = useApi();
  const id = useId();
  const filter = [...others, ...(beginning ? [`${field}=${quoteValue(beginning)}*`] : [])];
  const { data } = useQuery(
    api.catalogs.facets.queryOptions({
      input: { catalog, field, limit: most, filter },
      placeholderData: keepPreviousData,
    }),
  );
  const facets = (data?.facets ?? []).map(({ value, count }) => ({ value: String(value), count }));
  // What is chosen stays in sight, also where nothing has it any more.
  const rest = chosen.filter((value) => !facets.some((facet) => facet.value === value));
  const isLong = isOpen && (facets.length >= most || beginning !== '');
  if (data && facets.length + rest.length === 0 && !isLong && !children) return null;
  const toggle = (value: string): void =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className={classes.facet} aria-labelledby={id}>
      <legend id={id} className={classes.label}>
        {label}
      </legend>
      {[...rest.map((value) => ({ value, count: null })), ...facets].map(({ value, count }) => (
        <label key={value} className={classes.value} title={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span>{textOf(value)}</span>
          <data value={count ?? ''}>{count === null ? UNITS.unknown : formatCount(count)}</data>
        </label>
      ))}
      {isLong && (
        <TextInput
          size="xs"
          mt={4}
          aria-label={PICTURE.filter.more(label)}
          placeholder={PICTURE.filter.more(label)}
          value={beginning}
          onChange={(event) => setBeginning(event.currentTarget.value.trimStart())}
        />
      )}
      {children}
    </fieldset>
  );
}
