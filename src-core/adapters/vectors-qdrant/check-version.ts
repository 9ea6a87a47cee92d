import { z } from 'zod';
import { AppError } from '../../domain/app-error.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Connection } from './connection.ts';

/** The first with `update_filter`, without which an older write would replace a newer one. */
const OLDEST = [1, 16, 0] as const;

const versionAnswer = z.object({ version: z.string().regex(/^\d+\.\d+\.\d+/) });

/** Answers the version. Throws STORE_UNAVAILABLE for a server that is too old, or is no Qdrant. */
export async function checkVersion(connection: Connection, log: Logger | undefined): Promise<string> {
  const answer = versionAnswer.safeParse(await connection.send(null, (client) => client.versionInfo()));
  if (!answer.success) {
    throw new AppError('STORE_UNAVAILABLE', `what answers at ${connection.url} is not Qdrant; check the URL`, {
      cause: answer.error,
    });
  }
  const { version } = answer.data;
  if (isOlder(version.split('.').map((part) => Number.parseInt(part, 10)))) {
    throw new AppError(
      'STORE_UNAVAILABLE',
      `Qdrant at ${connection.url} has version ${version}; ${OLDEST.join('.')} or newer is needed: update the server`,
      { retryable: false, details: { version } },
    );
  }
  log?.debug({ url: connection.url, version }, 'connected to Qdrant');
  return version;
}

function isOlder(version: readonly number[]): boolean {
  for (const [i, least] of OLDEST.entries()) if (version[i] !== least) return (version[i] ?? 0) < least;
  return false;
}
