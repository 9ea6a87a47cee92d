import { AppError, toAppError } from '../../domain/app-error.ts';
import type { Provider, ProviderFigure } from '../../domain/provider.ts';
import { normalise } from '../../domain/search.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { checkFile } from './check-file.ts';
import { createInputTensor, pictureShape, pictureType } from './input-tensor.ts';
import type { InstalledModel } from './load-model.ts';
import { availableProviders, chooseProvider, measureProviders, type Candidate, type Log } from './providers.ts';
import { checkShapes, openSession, type Session } from './session.ts';

export interface EmbedderOptions {
  provider: Provider | 'auto';
  /** Threads of one inference. */
  threads: number;
}

const PROBE_BATCH = 8;

/** How sessions of a model are run, and opened to be tried on a batch. */
function runsOf({ manifest, file }: InstalledModel, threads: number) {
  const { id, input, output } = manifest;
  const pictureBytes = input.size * input.size * 3;
  const toTensor = createInputTensor(input);

  async function run(session: Session, pixels: Uint8Array, count: number): Promise<Float32Array> {
    const result = await session.run({ [input.name]: toTensor(pixels, count) });
    const vectors = result[output.name]?.data as Float32Array;
    // A size that the file leaves free is only known now.
    if (vectors.length !== count * output.dimension) {
      const found = vectors.length / count;
      throw new AppError('MODEL_INVALID', `model "${id}": it gives ${found} numbers, not ${output.dimension}`);
    }
    // One that takes raw pixels was made for this program, and gives unit length.
    if (input.layout !== 'uint8-nhwc') normaliseRows(vectors, output.dimension);
    return vectors;
  }

  let pattern: Uint8Array | undefined;
  function probe(session: Session): Promise<Float32Array> {
    pattern ??= Uint8Array.from({ length: PROBE_BATCH * pictureBytes }, (_, i) => (i * 7) & 255);
    return run(session, pattern, PROBE_BATCH);
  }

  async function open(provider: Provider): Promise<Candidate & { session: Session }> {
    const session = await openSession(file, provider, threads);
    return { session, embed: () => probe(session), release: () => session.release() };
  }

  return { run, open, pictureBytes };
}

/** What each provider that the installed package can run gives with this model now, beside what the machine does else. */
export async function measureModel(model: InstalledModel, threads: number): Promise<ProviderFigure[]> {
  const { id, sha256 } = model.manifest;
  await checkFile(model.file, id, sha256);
  return measureProviders(availableProviders(), runsOf(model, threads).open, PROBE_BATCH);
}

/** Throws MODEL_INVALID when the file is not the manifest's (SHA-256, shapes) or does not run. */
export async function openOnnxEmbedder(
  model: InstalledModel,
  { provider: wanted, threads }: EmbedderOptions,
  log: Log = () => {},
): Promise<Embedder> {
  const { manifest, file } = model;
  await checkFile(file, manifest.id, manifest.sha256);
  const { id, input, output } = manifest;
  const { run, open, pictureBytes } = runsOf(model, threads);

  let chosen: { provider: Provider; candidate: { session: Session } };
  try {
    chosen = await chooseProvider(wanted, availableProviders(), open, log);
  } catch (error) {
    throw new AppError('MODEL_INVALID', `model "${id}": ${(error as Error).message}`, { cause: error });
  }
  const { session } = chosen.candidate;
  try {
    checkShapes(session, id, [
      { of: 'input', name: input.name, type: pictureType(input), shape: pictureShape(input, 'N') },
      { of: 'output', name: output.name, type: 'float32', shape: ['N', output.dimension] },
    ]);
  } catch (error) {
    await session.release();
    throw error;
  }

  let closed = false;
  return {
    model: manifest,
    provider: chosen.provider,
    async embed(pixels, count) {
      if (pixels.length !== count * pictureBytes) {
        throw new AppError('EMBED_FAILED', `${pixels.length} bytes are not ${count} pictures of ${pictureBytes}`);
      }
      try {
        return await run(session, pixels, count);
      } catch (error) {
        throw toAppError(error, 'EMBED_FAILED');
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}

function normaliseRows(vectors: Float32Array, dimension: number): void {
  for (let at = 0; at < vectors.length; at += dimension) normalise(vectors.subarray(at, at + dimension));
}
