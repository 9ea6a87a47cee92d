import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { createPictures } from '../../../../src-core/adapters/pictures-sharp/create-pictures.ts';
import { imageIdOf } from '../../../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import type { ImportRun, Source } from '../../../../src-core/domain/import.ts';
import type { ModelManifest } from '../../../../src-core/domain/model-manifest.ts';
import { normalise } from '../../../../src-core/domain/search.ts';
import type { Embedder } from '../../../../src-core/ports/embedder.ts';
import type { KnownFile } from '../../../../src-core/ports/import-log.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import { createLogger } from '../../../../src-core/telemetry/log.ts';
import type { Difference } from '../../../../src-main/services/verify/difference.ts';
import { createVerify, type VerifyReport } from '../../../../src-main/services/verify/verify.ts';
import { createIndexHandler } from '../../../../src-worker/handlers/index/create-index-handler.ts';
import { createRunLoop } from '../../../../src-worker/run-loop.ts';
import { createStageClock } from '../../../../src-worker/stage-clock.ts';
import { picture } from '../../../support/pictures.ts';
import { openRig as openImportsRig, type Rig as ImportsRig } from '../imports/rig.ts';

type Asked = { folder?: string; deep?: boolean; fix?: boolean };

export interface Verified {
  report: VerifyReport;
  differences: Difference[];
  /** "kind: path below the root", sorted. */
  lines: string[];
}

export interface Rig extends ImportsRig {
  source(): Promise<Source>;
  nameOf(file: string): string;
  /** Writes the nth picture there is. */
  draw(file: string, n: number): Promise<void>;
  known(file: string): Promise<KnownFile | undefined>;
  record(file: string): Promise<ImageRecord | undefined>;
  /** Changes what is known of a file behind everybody's back. */
  setKnown(file: string, change: Partial<KnownFile>): Promise<void>;
  setRecord(file: string, change: Partial<ImageRecord>): Promise<void>;
  /** As no store would take it. */
  setModel(file: string, model: string): void;
  forget(file: string): Promise<void>;
  drop(file: string): Promise<void>;
  verify(asked?: Asked): Promise<Verified>;
  /** As `verify --fix` does: the repair, and then its imports. */
  fix(asked?: Asked): Promise<Verified>;
}

const model: ModelManifest = {
  id: 'toy',
  file: 'toy.onnx',
  sha256: '0'.repeat(64),
  input: { name: 'in', size: 16, layout: 'uint8-nhwc' },
  output: { name: 'out', dimension: 2 },
  preprocessing: { fit: 'fill', background: '#fff' },
  license: 'none',
  source: 'none',
};

/** The real pipeline on real files; only the model is a small one. */
export async function openRig(count: number): Promise<Rig> {
  const rig = await openImportsRig();
  const { imports, log, queue, store, catalog, root } = rig;
  const settings = settingsSchema.parse({});
  startRealWorker(rig);
  const verifyAll = createVerify({ log, queue, store, settings });

  const nameOf = (file: string): string => join(root, file);
  const idOf = (file: string): string => imageIdOf(catalog.id, nameOf(file));
  const stored = async (file: string) => (await store.get(catalog.id, [idOf(file)]))[0];
  const known = async (file: string) => (await log.lookup(catalog.id, [nameOf(file)]))[0];

  async function draw(file: string, n: number): Promise<void> {
    await mkdir(dirname(nameOf(file)), { recursive: true });
    await writeFile(nameOf(file), await picture(n));
  }

  async function verify({ folder, deep = false, fix = false }: Asked = {}): Promise<Verified> {
    const differences: Difference[] = [];
    const onDifference = (difference: Difference): void => void differences.push(difference);
    const report = await verifyAll({ catalog: catalog.name, folder, deep, fix, onDifference });
    const lines = differences.map(({ kind, path }) => `${kind}: ${path.replace(`${root}/`, '')}`).toSorted();
    return { report, differences, lines };
  }

  for (let n = 0; n < count; n++) await draw(fileOf(n), n);
  if (count > 0) await rig.importAll();

  return {
    ...rig,
    source: async () => (await log.sources(catalog.id))[0]!,
    nameOf,
    draw,
    known,
    record: async (file) => (await stored(file))?.record,
    async setKnown(file, change) {
      const before = await known(file);
      if (before) await log.remember(catalog.id, [{ ...before, ...change }]);
    },
    async setRecord(file, change) {
      const image = await stored(file);
      if (image) await store.upsert(catalog.id, [{ ...image, record: { ...image.record, ...change } }]);
    },
    setModel(file, other) {
      const db = new DatabaseSync(join(rig.dir, 'vectors.db'), { timeout: 5_000 });
      db.prepare(`UPDATE images SET record = json_set(record, '$.model', ?) WHERE image_id = ?`).run(other, idOf(file));
      db.close();
    },
    forget: (file) => log.forget(catalog.id, [nameOf(file)]),
    drop: async (file) => void (await store.delete(catalog.id, { imageIds: [idOf(file)] })),
    verify,
    async fix(asked) {
      const verified = await verify({ ...asked, fix: true });
      for (const { path, manifest, unfinished } of verified.report.imports) {
        const request = { catalogId: catalog.id, path, ...(manifest !== null && { manifest }) };
        for (let round = unfinished ? 0 : 1; round < 2; round++) {
          const run: ImportRun = await imports.start(request);
          await imports.run(run.id);
        }
      }
      return verified;
    },
  };
}

const now = (): number => performance.now();

/** Files in three folders, some of them nested. */
export function fileOf(n: number): string {
  return join(['', 'a', 'a/b'][n % 3]!, `p${String(n).padStart(2, '0')}.png`);
}

function startRealWorker({ queue, store }: ImportsRig): void {
  const settings = settingsSchema.parse({ batch: { size: 4, waitMs: 1 } });
  const stages = createStageClock(now);
  const pictures = createPictures({ model, limits: settings.limits });
  const tools = {
    settings,
    store,
    embedder: averageEmbedder(),
    pictures,
    machine: 'here',
    stages,
    now,
    threads: 2,
    onHang: () => {},
  };
  const handler = createIndexHandler(tools);
  const log = createLogger({ proc: 'test', level: 'silent', format: 'json' });
  const backoff = { baseMs: 5, capMs: 20 };
  const loop = createRunLoop({
    workerId: 'worker',
    queue,
    handlers: { index: handler },
    settings,
    stages,
    log,
    now,
    backoff,
  });
  const running = loop.run();
  onTestFinished(async () => {
    loop.drain();
    await running;
    handler.close();
    await pictures.close();
  });
}

function averageEmbedder(): Embedder {
  return {
    model,
    provider: 'cpu',
    async embed(pixels, count) {
      const each = pixels.length / count;
      const vectors = new Float32Array(count * 2);
      for (let i = 0; i < count; i++) {
        const sum = pixels.subarray(i * each, (i + 1) * each).reduce((all, value) => all + value, 0);
        vectors.set(normalise(new Float32Array([1, sum / each / 255])), i * 2);
      }
      return vectors;
    },
    close: async () => {},
  };
}
