import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { z } from 'zod';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { parseFilter } from '../../../src-core/domain/parse-filter.ts';
import type { QueryPicture } from '../../../src-core/ports/finder.ts';
import type { Query } from '../../client/remote-search.ts';
import type { ServerClient } from '../../client/server-client.ts';
import type { Console } from '../../console.ts';
import type { Run } from '../cli.ts';
import { hitDocument } from '../../documents.ts';
import { formatDuration, formatNumberOf, printable } from '../format.ts';
import { collect, wholeNumber, type Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { formatTable } from '../table.ts';

export function addSearch(program: Program, run: Run): void {
  program
    .command('search')
    .description('Find pictures by a picture, by several liked and disliked ones, by words, or by both. Best first.')
    .argument('[picture]', 'a picture file')
    .option('--id <image-id>', 'a picture of the catalog instead of a file')
    .option('--like <picture>', 'one more like this, a file or an image id; may be repeated', collect)
    .option('--unlike <picture>', 'but not like this, a file or an image id; may be repeated', collect)
    .option(
      '--text <words>',
      'with all these words in name, product id, keywords, description, file or folder name; or showing it',
    )
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--limit <count>', 'at most so many', wholeNumber(1, 1_000), 10)
    .option('--min-score <score>', 'only these and better, from -1 to 1', score)
    .option('--filter <condition>', 'field=value; may be repeated, all must hold', collect)
    .addHelpText(
      'after',
      `
Filters:
  format=jpeg,png      one of these           name!=draft      not this
  width>=1000          also > < <=            name=Summer*     begins so
  folder=/photos/2024  all below it           bytes<2MB        captured_at=2024-05
  product_id=*         has one                metadata.colour=red
  name="a,b",c         in quotes as it is

Examples:
  $ imagefleet search cat.jpg --limit 5
  $ imagefleet search --id 0b9c5a1e-… --unlike dog.jpg --min-score 0.5
  $ imagefleet search cat.jpg --filter format=png --filter 'width>=1000' --json
  $ imagefleet search --text 'red shoe'
  $ imagefleet search cat.jpg --text siamese`,
    )
    .action((picture, { id, like = [], unlike = [], text, catalog, limit, minScore, filter = [] }) =>
      run(async (cli) => {
        const first = [...(picture === undefined ? [] : [picture]), ...(id === undefined ? [] : [imageId(id)])];
        const likes = await Promise.all([...first, ...like].map(queryPicture));
        if (!likes.length && text === undefined) {
          throw new AppError('INVALID_INPUT', 'search needs a picture (a file, --id or --like) or --text');
        }
        if (!likes.length && (unlike.length || minScore !== undefined)) {
          throw new AppError('INVALID_INPUT', '--unlike and --min-score need a picture: a file, --id or --like');
        }
        const unlikes = await Promise.all(unlike.map(queryPicture));
        const query = { catalog, like: likes, unlike: unlikes, text, filter, limit, minScore };
        const server = await cli.server();
        const answer = await (server ? searchServer(server, query) : searchHere(cli.console, query));
        const { took_ms, results } = answer;
        const byContent = results.some(({ found_by }) => found_by.includes('content'));
        const isJoined = byContent || (likes.length > 0 && text !== undefined);
        const took = `${formatNumberOf(results.length, 'picture')} in ${formatDuration(took_ms)}.\n`;
        return { json: answer, text: (results.length ? formatHits(results, isJoined, cli.paint) : '') + took };
      }),
    );
}

async function searchHere(console: Console, { text, filter, minScore, ...query }: Query) {
  const finder = await console.finder();
  const { hits, tookMs, model, catalog } = await finder.find({
    ...query,
    ...(text !== undefined && { text }),
    filter: parseFilter(filter, await folderNames(console, filter)),
    ...(minScore !== undefined && { minScore }),
  });
  return { took_ms: Math.round(tookMs), model, catalog: catalog.name, results: hits.map(hitDocument) };
}

async function searchServer(server: ServerClient, query: Query) {
  const { searchRemotely } = await import('../../client/remote-search.ts');
  return searchRemotely(server, query);
}

/** Only a filter by folder has to know how this machine's folders are named. */
async function folderNames(console: Console, filter: readonly string[]): Promise<(folder: string) => string> {
  if (!filter.some((text) => /^\s*folder\b/.test(text))) return (folder) => folder;
  return (await console.sources()).namer();
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= -1 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from -1 to 1.');
}

function imageId(text: string): string {
  if (z.uuid().safeParse(text).success) return text;
  throw new AppError('INVALID_INPUT', `--id: "${text}" is not an image id; search and its --json show them`);
}

/** An image id, or the path of a file that is there. A file that is called like an id can be named "./<id>". */
async function queryPicture(text: string): Promise<QueryPicture> {
  if (z.uuid().safeParse(text).success) return { imageId: text.toLowerCase() };
  const path = resolve(text);
  try {
    await access(path);
  } catch (error) {
    const hint = /[/\\]/.test(text) ? '' : `; to search by words: --text ${JSON.stringify(text)}`;
    throw new AppError('NOT_FOUND', `there is no file ${path}${hint}`, { cause: error, details: { path } });
  }
  return { path };
}

type Hit = ReturnType<typeof hitDocument>;

function formatHits(hits: readonly Hit[], isJoined: boolean, paint: Paint): string {
  return formatTable<Hit>(
    [
      // The score of a joined ranking lies between 0 and 0.033.
      { title: 'SCORE', value: ({ score }) => score.toFixed(isJoined ? 4 : 3), align: 'right' },
      ...(isJoined ? [{ title: 'FOUND BY', value: describeFinding }] : []),
      { title: 'IMAGE', value: ({ image_id }) => image_id },
      { title: 'SIZE', value: ({ width, height }) => `${width}×${height}`, align: 'right' },
      { title: 'FORMAT', value: ({ format }) => format },
      { title: 'PICTURE', value: describe },
    ],
    hits,
    paint,
  );
}

/** "picture 3, words 1". */
function describeFinding({ found_by, ranks }: Hit): string {
  return found_by.map((by) => `${by} ${ranks[by]}`).join(', ');
}

function describe({ path, product_id, name, missing_since }: Hit): string {
  const known = [product_id, name].filter(Boolean).join(', ');
  return printable(path) + (known ? ` (${known})` : '') + (missing_since === null ? '' : ' [file is gone]');
}
