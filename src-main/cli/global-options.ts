import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { errorCode, type ErrorCode } from '../../src-core/domain/app-error.ts';
import { MANIFEST_FIELDS, manifestColumns, type ManifestColumns } from '../../src-core/domain/manifest-columns.ts';
import { parseSharedFolder } from '../../src-core/domain/path-map.ts';
import { scalarOf, settingPaths } from '../../src-core/settings/load.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type Program = ReturnType<typeof createRoot>;
export type GlobalOptions = ReturnType<Program['opts']>;

/** The command `imagefleet` with the options that all its commands share. */
export function createRoot() {
  return new Command('imagefleet')
    .option('--data-dir <folder>', 'where everything lives (else IMAGEFLEET_DATA_DIR, else the system’s place)')
    .option('--set <setting=value>', 'change a setting for this command; may be repeated', collectSetting)
    .addOption(new Option('--log-level <level>', 'least level of the log on stderr').choices(LOG_LEVELS))
    .option('--redis <url>', 'queue on this Redis server (else REDIS_URL, else in the data dir)')
    .option('--qdrant <url>', 'vector store on this Qdrant server (else QDRANT_URL, else in the data dir)')
    .option('--server <url>', 'ask this running server, not the backends (else IMAGEFLEET_SERVER)')
    .option('--token <token>', 'what lets in at that server (else IMAGEFLEET_TOKEN)')
    .option('--json', 'one JSON document on stdout and nothing else')
    .option('--no-color', 'no colours (NO_COLOR does the same)');
}

function collectSetting(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [path = '', ...rest] = text.split('=');
  if (rest.length === 0) throw new InvalidArgumentError('It must look like limits.maxBytes=1000000.');
  if (!settingPaths().some(([known]) => known === path)) {
    throw new InvalidArgumentError(`There is no setting "${path}"; docs/configuration.md lists them.`);
  }
  return { ...before, [path]: scalarOf(rest.join('=')) };
}

/** For whole numbers between `least` and `most` on the command line. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** For options that may be given several times. */
export function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** For --column: FIELD=COLUMN, several times; without a column, none holds the field. */
export function columnOption(text: string, before: ManifestColumns = {}): ManifestColumns {
  const [field = '', ...rest] = text.split('=');
  const column = rest.join('=');
  const said = manifestColumns.safeParse({ [field]: column === '' ? null : column });
  if (rest.length > 0 && said.success) return { ...before, ...said.data };
  throw new InvalidArgumentError(`It must look like name=Title; fields are ${MANIFEST_FIELDS.join(', ')}.`);
}

/** For --path-map: SHARED=HERE, several times. */
export function sharedFolderOption(text: string, before: string[] = []): string[] {
  try {
    parseSharedFolder(text);
  } catch {
    throw new InvalidArgumentError('It must look like SHARED=HERE, such as /mnt/catalog=/data/catalog.');
  }
  return [...before, text];
}

/** For --workers: a number of processes, or `auto`. */
export function workerNumber(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(0, 256)(text);
}

/** For --error: the help does not list some forty codes. */
export function errorCodeOption(text: string): ErrorCode {
  const parsed = errorCode.safeParse(text.toUpperCase());
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('There is no such error code; docs/errors.md lists them.');
}
