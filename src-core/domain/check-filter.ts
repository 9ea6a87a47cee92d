import { AppError, parseOrThrow } from './app-error.ts';
import { type Condition, FILTER_FIELDS, filter, type Filter, type FilterField } from './search.ts';

/**
 * A filter that every store answers alike: its shape, and that each condition's values are of its field's kind. A store
 * that is asked for the number 42 in a text field would find it or not, depending on the store. Fields of `metadata`
 * may hold anything. Throws INVALID_INPUT.
 */
export function checkFilter(value: unknown): Filter {
  const conditions = parseOrThrow(filter, value, 'filter');
  for (const condition of conditions) checkCondition(condition);
  return conditions;
}

function checkCondition(condition: Condition): void {
  const { field } = condition;
  if (isMetadata(field) || 'exists' in condition) return;
  const kind = FILTER_FIELDS[field];
  if ('anyOf' in condition) {
    const wanted = kind === 'number' ? 'number' : 'string';
    const wrong = condition.anyOf.find((value) => typeof value !== wanted);
    if (wrong !== undefined)
      refuse(field, `holds ${kind === 'number' ? 'numbers' : 'text'}, not ${JSON.stringify(wrong)}`);
  } else if ('range' in condition) {
    if (kind !== 'number') refuse(field, 'holds text; a range needs a field that holds numbers');
  } else if (kind === 'number') {
    refuse(field, 'holds numbers; a prefix needs a field that holds text');
  }
}

function refuse(field: string, problem: string): never {
  throw new AppError('INVALID_INPUT', `filter: ${field} ${problem}`);
}

export function isMetadata(field: FilterField | `metadata.${string}`): field is `metadata.${string}` {
  return field.startsWith('metadata.');
}
