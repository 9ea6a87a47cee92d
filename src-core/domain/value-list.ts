/**
 * Texts in a list, as filters and addresses hold them: parted by commas. One with a comma, a star, a quote, or blanks at an
 * end stands in double quotes, and a quote in it twice, as in CSV.
 */
export function joinValues(values: readonly string[]): string {
  return values.map(quoteValue).join(',');
}

/** A text that is meant as it is. */
export function quoteValue(value: string): string {
  return /[",*]|^\s|\s$|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The other way round. Quotes that are not around a whole text are a part of it, and blanks around a text are not. */
export function splitValues(list: string): string[] {
  const values: string[] = [];
  const next = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/y;
  for (let comma = ','; comma === ',';) {
    const [, quoted, bare = '', end = ''] = next.exec(list)!;
    values.push(quoted === undefined ? bare.trim() : unquoted(quoted));
    comma = end;
  }
  return values;
}

/** A text that may be in quotes. */
export function unquoteValue(text: string): string {
  const [, quoted] = /^"((?:[^"]|"")*)"$/.exec(text) ?? [];
  return quoted === undefined ? text : unquoted(quoted);
}

function unquoted(text: string): string {
  return text.replaceAll('""', '"');
}
