/** The one way in which we write ids; the server would take others for the same. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** Whether a point may have this id; asking for another is an error to the server. */
export function isPointId(text: string): boolean {
  return UUID.test(text);
}

/** Those that a point may have, each once. */
export function pointIds(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter(isPointId);
}

/** In lists of at most `size`. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
