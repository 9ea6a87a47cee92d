import type { Console } from '../console.ts';

/** Takes secrets out of what leaves this machine. */
export interface Scrubber {
  text(text: string): string;
  /** All the way down. What is called like a secret is taken out whatever it holds. */
  value(value: unknown): unknown;
}

const HIDDEN = '[redacted]';
const SECRET_NAME = /token|api[-_]?key|password|passwd|secret|authorization|cookie/i;
/** `redis://name:password@host`, `sentinelPassword=…`, `Authorization: Bearer …`. */
const IN_TEXT: readonly [RegExp, string][] = [
  [/(\w+:\/\/)[^\s/@"']*(?::[^\s@"']*)?@/g, `$1${HIDDEN}@`],
  [/((?:password|passwd|token|api[-_]?key|secret)["']?\s*[=:]\s*["']?)[^\s"'&#,}]+/gi, `$1${HIDDEN}`],
  [/(\b(?:bearer|basic)\s+)[\w.~+/=-]+/gi, `$1${HIDDEN}`],
];

/** Knows the secrets of the settings, those of the environment by their names, and the others that it is told. */
export function createScrubber(
  { settings }: Pick<Console, 'settings'>,
  env: NodeJS.ProcessEnv,
  others: readonly (string | null)[],
): Scrubber {
  const known = [
    settings.qdrant.apiKey,
    ...passwordsOf(settings.redis.url),
    ...passwordsOf(settings.qdrant.url),
    ...Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : [])),
    ...others,
  ].filter((secret): secret is string => typeof secret === 'string' && secret.length > 3);
  // A secret that holds another one goes first.
  const secrets = [...new Set(known)].toSorted((a, b) => b.length - a.length);

  function text(given: string): string {
    const without = secrets.reduce((all, secret) => all.replaceAll(secret, HIDDEN), given);
    return IN_TEXT.reduce((all, [pattern, instead]) => all.replaceAll(pattern, instead), without);
  }

  function value(given: unknown): unknown {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map(value);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(
      Object.entries(given).map(([name, child]) => [name, isSecret(name, child) ? HIDDEN : value(child)]),
    );
  }
  return { text, value };
}

/** A setting that is not set, or is a number, is none. */
function isSecret(name: string, child: unknown): boolean {
  return SECRET_NAME.test(name) && typeof child === 'string';
}

/** As it is written and as it is meant: an escaped one is in no log, the meant one may be. */
function passwordsOf(url: string | null): string[] {
  const [, auth] = /^\w[\w+.-]*:\/\/([^@/]*)@/.exec(url ?? '') ?? [];
  const password = auth?.split(':').slice(1).join(':');
  if (!password) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
