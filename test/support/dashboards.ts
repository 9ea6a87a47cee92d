import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const RESOURCES = resolve(import.meta.dirname, '../../resources');
const read = (path: string): string => readFileSync(resolve(RESOURCES, path), 'utf8');

const dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      datasource: z.object({ uid: z.string() }),
      targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })).min(1),
    }),
  ),
});
const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().regex(/^\d+m$/),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), todo: z.string() }),
        }),
      ),
    }),
  ),
});

/** Its variables, as Grafana would fill them in. */
const filled = (query: string): string => query.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+');

/** The dashboard that Compose gives to Grafana. */
export function grafanaDashboard() {
  const text = read('grafana/imagefleet.json');
  const parsed = dashboard.parse(JSON.parse(text));
  return {
    ...parsed,
    queries: parsed.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, query: filled(expr) }))),
  };
}

export function alertRules() {
  return rules.parse(parse(read('prometheus/rules.yml'))).groups.flatMap((group) => group.rules);
}

export function grafanaDatasources(): string[] {
  const file = z.object({ datasources: z.array(z.object({ uid: z.string() })) });
  return file.parse(parse(read('grafana/provisioning/datasources/prometheus.yml'))).datasources.map(({ uid }) => uid);
}
