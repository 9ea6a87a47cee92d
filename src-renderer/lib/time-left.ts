/** ms until `open` items are done at `perSecond`; 0 when nothing is left, null when it cannot be said. */
export function timeLeft(open: number, perSecond: number): number | null {
  if (open === 0) return 0;
  return perSecond > 0 ? (open / perSecond) * 1_000 : null;
}
