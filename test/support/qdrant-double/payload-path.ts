/** One step into a payload: a key, the nth element of a list, or all of them (null). */
type Step = { key: string } | { element: number | null };
export type Path = readonly Step[];
export type Payload = Record<string, unknown>;

const PART = /^(?:([\p{L}\p{N}_-]+)|"([^"]*)")((?:\[\d*\])*)/u;

/** Reads `a.b`, `a[].b`, `a[0]`, `"odd key".b`; null for anything else, which the server refuses. */
export function parsePath(path: string): Path | null {
  const steps: Step[] = [];
  let rest = path;
  for (;;) {
    const part = PART.exec(rest);
    if (!part) return null;
    steps.push({ key: part[1] ?? part[2] ?? '' });
    for (const [, index] of (part[3] ?? '').matchAll(/\[(\d*)\]/g)) {
      steps.push({ element: index === '' ? null : Number(index) });
    }
    rest = rest.slice(part[0].length);
    if (rest === '') return steps;
    if (!rest.startsWith('.')) return null;
    rest = rest.slice(1);
  }
}

/** What lies at a path; a list that the path ends in stays one value. */
export function rawValues(payload: Payload, path: Path): unknown[] {
  let found: unknown[] = [payload];
  for (const step of path) {
    found = found.flatMap((holder) => enter(holder, step));
    if (found.length === 0) break;
  }
  return found;
}

function enter(holder: unknown, step: Step): unknown[] {
  if ('key' in step) {
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return [];
    return Object.hasOwn(holder, step.key) ? [(holder as Payload)[step.key]] : [];
  }
  if (!Array.isArray(holder)) return [];
  if (step.element === null) return holder;
  return step.element < holder.length ? [holder[step.element]] : [];
}

/** The values that a condition looks at: those of a list one by one. */
export function valuesAt(payload: Payload, path: Path): readonly unknown[] {
  const values = rawValues(payload, path);
  return values.some((value) => Array.isArray(value)) ? values.flat() : values;
}

/** Whether one of these values passes; most paths are one key and most values no list, which costs one look. */
export function someValue(payload: Payload, path: Path, holds: (value: unknown) => boolean): boolean {
  const [first] = path;
  if (path.length > 1 || !first || !('key' in first)) return valuesAt(payload, path).some(holds);
  if (!Object.hasOwn(payload, first.key)) return false;
  const value = payload[first.key];
  return Array.isArray(value) ? value.some(holds) : holds(value);
}

/** A copy of the payload with only these paths, or without them. */
export function pickPaths(payload: Payload, paths: readonly Path[]): Payload {
  return (copyIf(payload, [], (at) => paths.some((path) => startsWith(at, path) || startsWith(path, at))) ??
    {}) as Payload;
}

export function omitPaths(payload: Payload, paths: readonly Path[]): Payload {
  return (copyIf(payload, [], (at) => !paths.some((path) => startsWith(at, path))) ?? {}) as Payload;
}

/** Keys on the way to a value, elements of lists left out; so `nested[].k` is [nested, k]. */
const keysOf = (path: Path): string[] => path.flatMap((step) => ('key' in step ? [step.key] : []));

function startsWith(at: readonly string[] | Path, beginning: readonly string[] | Path): boolean {
  const long = plain(at);
  return plain(beginning).every((key, index) => long[index] === key);
}

function plain(path: readonly string[] | Path): readonly string[] {
  return path.every((step) => typeof step === 'string') ? (path as string[]) : keysOf(path as Path);
}

function copyIf(value: unknown, at: readonly string[], wanted: (at: readonly string[]) => boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => copyIf(each, at, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Payload = {};
  for (const [key, inner] of Object.entries(value)) {
    if (wanted([...at, key])) copy[key] = copyIf(inner, [...at, key], wanted);
  }
  return copy;
}

/** Lays a payload over another one; null removes a key. With a path, under that key, which is made where it is not. */
export function mergePayload(payload: Payload, patch: Payload, under: Path = []): Payload {
  const merged = structuredClone(payload);
  let target = merged;
  for (const key of keysOf(under)) {
    const inner = target[key];
    target[key] = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
    target = target[key] as Payload;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else target[key] = value;
  }
  return merged;
}
