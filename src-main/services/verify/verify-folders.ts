import { canonicalName, isUnder } from '../../../src-core/domain/identity.ts';
import { inBatches } from '../../../src-core/domain/pages.ts';
import { lookAtNamed, type Found } from '../../../src-core/files/look.ts';
import { readManifest } from '../../../src-core/files/manifest.ts';
import { walk } from '../../../src-core/files/walk.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import { mapBounded } from './bounded.ts';
import { countFailed, excuseOf, idOf, isInScope, LOOKS, ownerOf, PAGE, recordsOf, type Context } from './context.ts';
import type { Finding } from './repair.ts';
import { type SourceView } from './source-view.ts';

type Named = Found & { name: string };
type Picture = Extract<Named, { kind: 'file' }>;

/** Looks for files that are wanted and not in the catalog. Sources that are away are passed over. */
export async function* verifyFolders(context: Context): AsyncGenerator<Finding[]> {
  for (const view of context.views.values()) {
    if (view.away !== null) continue;
    const files = view.source.kind === 'manifest' ? listedFiles(context, view) : walkedFiles(context, view);
    for await (const page of inBatches(files, PAGE)) yield verifyPage(context, view, page);
  }
}

async function* walkedFiles(context: Context, { source, rules }: SourceView): AsyncGenerator<Named> {
  const { under, folder, signal, settings } = context;
  const { followLinks } = settings.imports;
  const isWhole = under === null || folder === null || isUnder(source.root, under);
  if (!isWhole && !isUnder(under, source.root)) return;
  const scope = isWhole ? undefined : [{ folder, deep: true }];
  for await (const found of walk(source.path, { rules, followLinks, signal, ...(scope && { scope }) })) {
    yield { ...found, name: canonicalName(found.path) };
  }
}

async function* listedFiles(context: Context, { source }: SourceView): AsyncGenerator<Named> {
  for await (const items of inBatches(readManifest(source.path, source.columns, context.signal), PAGE)) {
    const paths = new Map(
      items.flatMap((item) => (item.kind === 'picture' ? [[canonicalName(item.path), item.path] as const] : [])),
    );
    const wanted = [...paths].filter(([name]) => isInScope(context, name));
    yield* await mapBounded(wanted, LOOKS, async ([name, path]) => ({ ...(await lookAtNamed(path, null)), name }));
  }
}

async function verifyPage(context: Context, view: SourceView, page: readonly Named[]): Promise<Finding[]> {
  const { log, catalog, settings, misfiled } = context;
  for (const found of page) if (found.kind === 'failed') countFailed(context, found.code);
  // A file in two sources is told of once.
  const pictures = page.filter(
    (found) => found.kind === 'file' && (ownerOf(context, found.name, found.path) ?? view) === view,
  ) as Picture[];
  context.counts.files += pictures.length;
  const known = new Map(
    (
      await log.lookup(
        catalog.id,
        pictures.map(({ name }) => name),
      )
    ).map((file) => [file.name, file]),
  );
  const unknown = pictures.filter(
    ({ name, placeholder }) =>
      !known.has(name) && !misfiled.has(name) && (!placeholder || settings.imports.placeholders),
  );
  const records = await recordsOf(
    context,
    unknown.map(({ name }) => idOf(context, view.source.id, name)),
  );
  const findings: Finding[] = [];
  for (const file of unknown) {
    const { name, path, bytes, mtimeMs } = file;
    const imageId = idOf(context, view.source.id, name);
    if (records.has(imageId) || (await excuseOf(context, view, name, file))) continue;
    const message = 'it is not in the catalog';
    findings.push({
      differences: [{ kind: 'not-indexed', path, imageId, message, details: { bytes, mtimeMs }, todo: null }],
      repair: { importOf: view.source.id },
    });
  }
  if (view.source.kind === 'manifest') findings.push(...listedAgain([...known.values()]));
  return findings;
}

/**
 * Pictures of a manifest that are marked as missing though it names them and they are there. (That a file is there says
 * nothing of a picture that was taken off its manifest, so those are not looked for among the known files.)
 */
function listedAgain(known: readonly KnownFile[]): Finding[] {
  const marked = known.filter(({ missingSince }) => missingSince !== null);
  return marked.map((file) => ({
    differences: [
      {
        kind: 'back',
        path: file.path,
        imageId: file.imageId,
        message: 'it is marked as missing and is there',
        details: {},
        todo: null,
      },
    ],
    repair: {
      remember: { ...file, missingSince: null },
      patch: { imageId: file.imageId, patch: { missingSince: null } },
    },
  }));
}
