/** Cuts a list into chunks that cost at most `most` each, but hold one item at least. */
export function* chunksOf<T>(list: Iterable<T>, costOf: (item: T) => number, most: number): Generator<T[]> {
  let chunk: T[] = [];
  let sum = 0;
  for (const item of list) {
    const cost = costOf(item);
    if (chunk.length > 0 && sum + cost > most) {
      yield chunk;
      chunk = [];
      sum = 0;
    }
    chunk.push(item);
    sum += cost;
  }
  if (chunk.length > 0) yield chunk;
}
