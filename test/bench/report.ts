import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

export type ReportRow = Record<string, string | number>;

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGES = ['onnxruntime-node', 'sharp', 'usearch'] as const;

/** A table on stdout; `columns` defaults to the first row's keys. Numbers are set to the right. */
export function printReport(report: { title: string; columns?: readonly string[]; rows: readonly ReportRow[] }): void {
  const { title, rows, columns = Object.keys(rows[0] ?? {}) } = report;
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((line) => line[i]!.length)));
  const isNumber = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const toLine = (line: readonly string[]): string =>
    line.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ');
  console.log(
    [`\n${title}`, machineLine(), toLine(columns), ...cells.map(toLine)].map((line) => line.trimEnd()).join('\n'),
  );
}

/** Writes `.cache/bench/<name>.json`: when, on what machine, with which versions, and the results. */
export async function writeJson(name: string, results: unknown): Promise<void> {
  const folder = join(ROOT, '.cache/bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  await writeFile(file, `${JSON.stringify({ ...(await machine()), results }, null, 2)}\n`);
  console.log(`\n${file}`);
}

function machineLine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}

async function machine(): Promise<object> {
  const [first] = cpus();
  return {
    at: new Date().toISOString(),
    machine: {
      platform: `${process.platform}-${process.arch}`,
      cpu: first?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    versions: {
      imagefleet: await versionIn('.'),
      node: process.versions.node,
      sqlite: process.versions.sqlite ?? 'none',
      ...Object.fromEntries(
        await Promise.all(PACKAGES.map(async (name) => [name, await versionIn(join('node_modules', name))] as const)),
      ),
    },
  };
}

async function versionIn(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
