/** `work` on all items, `width` at a time; the answers in their order. */
export async function mapBounded<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers = Array.from<R>({ length: items.length });
  let next = 0;
  async function lane(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) answers[at] = await work(items[at] as T);
  }
  await Promise.all(Array.from({ length: width }, lane));
  return answers;
}
