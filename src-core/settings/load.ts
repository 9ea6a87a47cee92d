import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError, parseOrThrow } from '../domain/app-error.ts';
import { settingsSchema, type Settings } from './schema.ts';
import { upgradeSettings } from './upgrades.ts';

type Raw = Record<string, unknown>;

export interface SettingsSources {
  dataDir: string;
  /** Given on the command line, as dotted paths: `{'fleet.workers': 2}`. */
  flags?: Raw;
  env?: NodeJS.ProcessEnv;
}

/** Flags over environment over `settings.json` in the data dir over defaults. Throws INVALID_SETTINGS naming the field. */
export async function loadSettings({ dataDir, flags = {}, env = process.env }: SettingsSources): Promise<Settings> {
  const merged = upgradeSettings(await readSettingsFile(settingsFile(dataDir)));
  for (const [path, value] of [...fromEnvironment(env), ...Object.entries(flags)]) {
    if (value !== undefined) setPath(merged, path, value);
  }
  return parseOrThrow(settingsSchema, merged, 'settings', 'INVALID_SETTINGS');
}

export const settingsFile = (dataDir: string): string => join(dataDir, 'settings.json');

/** As it is written; empty where there is none. Throws INVALID_SETTINGS. */
export async function readSettingsFile(file: string): Promise<Raw> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new AppError('INVALID_SETTINGS', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Raw;
    throw new SyntaxError('it must hold one JSON object');
  } catch (error) {
    throw new AppError('INVALID_SETTINGS', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** `limits.maxBytes` is set by IMAGEFLEET_LIMITS_MAX_BYTES. */
export function environmentName(path: string): string {
  return `IMAGEFLEET_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;
}

/** Every setting as a dotted path, with its schema. */
export function settingPaths(schema: z.ZodType = settingsSchema, prefix = ''): [path: string, schema: z.ZodType][] {
  const shape = objectShape(schema);
  if (!shape) return [[prefix, schema]];
  return Object.entries(shape).flatMap(([key, child]) => settingPaths(child, prefix ? `${prefix}.${key}` : key));
}

function objectShape(schema: z.ZodType): Record<string, z.ZodType> | null {
  const definition = schema.def as { shape?: Record<string, z.ZodType>; innerType?: z.ZodType };
  return definition.shape ?? (definition.innerType ? objectShape(definition.innerType) : null);
}

/** Names that other programs use too; our own go before them. */
const USUAL_NAMES: Record<string, string> = {
  'redis.url': 'REDIS_URL',
  'qdrant.url': 'QDRANT_URL',
  'qdrant.apiKey': 'QDRANT_API_KEY',
  'tracing.endpoint': 'OTEL_EXPORTER_OTLP_ENDPOINT',
};

function fromEnvironment(env: NodeJS.ProcessEnv): [string, unknown][] {
  return settingPaths().flatMap(([path]) => {
    const text = env[environmentName(path)] ?? env[USUAL_NAMES[path] ?? ''];
    return text === undefined || path === 'version' ? [] : [[path, isText(path) ? text : scalarOf(text)]];
  });
}

/** An API key of digits only is text all the same. */
function isText(path: string): boolean {
  return Object.hasOwn(USUAL_NAMES, path);
}

/** Numbers and booleans of the environment and of `--set` are text; everything else stays text. */
export function scalarOf(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Changes `target` at a dotted path; undefined takes the value out. */
export function setPath(target: Raw, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop();
  let at = target;
  for (const key of keys) {
    const child = at[key];
    at[key] = typeof child === 'object' && child !== null ? { ...child } : {};
    at = at[key] as Raw;
  }
  if (!last) return;
  if (value === undefined) delete at[last];
  else at[last] = value;
}
