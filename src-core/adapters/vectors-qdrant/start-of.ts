/**
 * A text as its beginning can be asked for. Without an index, a match of text is a search for these characters in this
 * order; a mark that stands nowhere else ties it to the beginning. JSON's escapes leave no control character in the text,
 * and a text begins with another exactly when their escaped forms do.
 */
export function startOf(text: string): string {
  return `${START}${JSON.stringify(text).slice(1, -1)}`;
}

export const START = '\u0001';
