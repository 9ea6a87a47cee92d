import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { Cli, Outcome } from './cli.ts';
import { errorDocument, type ListedDifference } from '../documents.ts';
import { exitCodeOf } from './exit-codes.ts';
import { printable } from './format.ts';
import { csvLine } from '../../src-core/domain/csv-line.ts';
import { put } from './streams.ts';

/** Where differences go as they are found: a catalog that was never indexed has as many as it has files. */
export interface DifferenceSink {
  write(difference: ListedDifference): Promise<void>;
  /** Runs what finds them, and ends what was written. */
  around(work: () => Promise<Outcome & { json: object }>): Promise<Outcome>;
}

/** A CSV file, else the list of the JSON document, else a line each for people. INVALID_INPUT for a file that cannot be written. */
export async function openDifferenceSink(cli: Cli, csv: string | undefined): Promise<DifferenceSink> {
  if (csv !== undefined) return csvSink(csv);
  return cli.json ? jsonSink(cli.io.stdout) : textSink(cli);
}

async function csvSink(path: string): Promise<DifferenceSink> {
  const file = createWriteStream(path);
  await once(file, 'open').catch((error: unknown) => {
    throw new AppError('INVALID_INPUT', `${path} cannot be written: ${(error as Error).message}`, { cause: error });
  });
  await put(file, 'kind,path,image_id,message,todo\n');
  return {
    write: ({ kind, path, imageId, message, todo }) => put(file, csvLine([kind, path, imageId, message, todo])),
    async around(work) {
      try {
        const outcome = await work();
        return { ...outcome, json: { differences: [], ...outcome.json } };
      } finally {
        file.end();
        await finished(file);
      }
    },
  };
}

/** Once the document is begun, an error becomes a field of it. */
function jsonSink(stdout: Writable): DifferenceSink {
  let begun = false;
  async function end(rest: object): Promise<void> {
    const more = JSON.stringify(rest).slice(1);
    await put(stdout, `${begun ? '' : '{"differences":['}],${more}\n`);
  }
  return {
    async write({ kind, path, imageId, message, details, todo }) {
      const document = { kind, path, image_id: imageId, message, details, todo };
      await put(stdout, `${begun ? ',' : '{"differences":['}${JSON.stringify(document)}`);
      begun = true;
    },
    async around(work) {
      try {
        const outcome = await work();
        await end(outcome.json);
        return { ...outcome, json: undefined };
      } catch (thrown) {
        if (!begun) throw thrown;
        await end({ error: errorDocument(thrown) });
        return { json: undefined, text: '', exitCode: exitCodeOf(thrown) };
      }
    },
  };
}

function textSink({ io, paint }: Cli): DifferenceSink {
  return {
    write({ kind, path, message, todo }) {
      const line = `${paint('yellow', kind)}  ${printable(path)}: ${printable(message)}\n`;
      return put(io.stdout, todo === null ? line : `${line}  ${printable(todo)}\n`);
    },
    around: (work) => work(),
  };
}
