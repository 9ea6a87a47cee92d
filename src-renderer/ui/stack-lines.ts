/** Each line on top of those before it. A gap counts as nothing in what is above it. */
export function stackLines(lines: readonly (readonly (number | null)[])[]): (number | null)[][] {
  let below: number[] = [];
  return lines.map((values) => {
    const sums = values.map((value, n) => (value ?? 0) + (below[n] ?? 0));
    below = sums;
    return values.map((value, n) => (value === null ? null : sums[n]!));
  });
}
