import { joinValues } from '../../src-core/domain/value-list.ts';

/** The part of the address that holds a page's filters: plain text, lists parted by commas, so that people can read it. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    params.set(name, Array.isArray(value) ? joinValues(value.map(String)) : String(value));
  }
  // Commas and slashes may stand there as they are.
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text === '' ? '' : `?${text}`;
}

/** Everything is text; the page's schema makes numbers and lists of it. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text.replace(/^\?/, '')));
}
