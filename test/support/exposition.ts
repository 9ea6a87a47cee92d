/** A sample of Prometheus' text format, version 0.0.4. */
export interface Sample {
  name: string;
  /** counter, gauge, histogram …: of the family that it belongs to. */
  type: string;
  labels: Record<string, string>;
  value: number;
}

const PARTS = /_(?:bucket|sum|count)$/;

/** Throws for a line that is none of the format's, a sample of no family, or one that comes twice. */
export function parseExposition(page: string): Sample[] {
  const types = new Map<string, string>();
  const seen = new Set<string>();
  return page.split('\n').flatMap((line): Sample[] => {
    if (line === '' || line.startsWith('# HELP ')) return [];
    const [, family, kind] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (family && kind) {
      if (types.has(family)) throw new Error(`a family twice: ${family}`);
      types.set(family, kind);
      return [];
    }
    const [, name, labels = '', value] =
      /^([a-z_][a-z\d_]*)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/.exec(line) ?? [];
    const type = name && (types.get(name) ?? types.get(name.replace(PARTS, '')));
    if (!name || !type) throw new Error(`not a sample: ${line}`);
    const key = `${name}{${labels}}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]);
    return [{ name, type, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}
