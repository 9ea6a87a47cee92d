import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { LEAST_AGREEMENT, type Provider, type ProviderFigure } from '../../domain/provider.ts';
import { ort } from './runtime.ts';

export type Log = (message: string, details?: Record<string, unknown>) => void;

/** What a choice is made among: an opened session, seen as a way to embed a fixed batch. */
export interface Candidate {
  embed(): Promise<Float32Array>;
  release(): Promise<void>;
}

const ROUNDS = 3;

/** Those that the installed package can run here, the CPU first. WebGPU is left out: it needs a driver that it finds only by failing. */
export function availableProviders(): Provider[] {
  const bundled = new Set(ort.listSupportedBackends().flatMap(({ name, bundled }) => (bundled ? [name] : [])));
  const providers: Provider[] = ['cpu'];
  if (process.platform === 'win32' && bundled.has('dml')) providers.push('dml');
  if (process.platform === 'darwin' && bundled.has('coreml')) providers.push('coreml');
  if (process.platform === 'linux' && hasCudaLibrary()) providers.push('cuda');
  return providers;
}

/** It does not come with the npm package; trying without it prints an error of the runtime's own. */
function hasCudaLibrary(): boolean {
  const cwd = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return globSync(`bin/napi-v*/linux/${process.arch}/libonnxruntime_providers_cuda.so`, { cwd }).length > 0;
}

/**
 * Opens what `wanted` asks for. `auto` times every available provider on a real batch and takes the fastest whose
 * vectors are the CPU's; anything else falls back to the CPU, with the reason logged, when it does not open.
 */
export async function chooseProvider<T extends Candidate>(
  wanted: Provider | 'auto',
  available: readonly Provider[],
  open: (provider: Provider) => Promise<T>,
  log: Log,
): Promise<{ provider: Provider; candidate: T }> {
  if (wanted === 'auto') return fastest(available, open, log);
  if (available.includes(wanted)) {
    const candidate = await tryToOpen(wanted, open, log);
    if (candidate) return { provider: wanted, candidate };
  } else {
    log(`execution provider ${wanted} is not available here, using cpu`, { available });
  }
  return { provider: 'cpu', candidate: await open('cpu') };
}

async function fastest<T extends Candidate>(
  available: readonly Provider[],
  open: (provider: Provider) => Promise<T>,
  log: Log,
): Promise<{ provider: Provider; candidate: T }> {
  let best = { provider: 'cpu' as Provider, candidate: await open('cpu') };
  const others = available.filter((provider) => provider !== 'cpu');
  if (others.length === 0) return best;
  const reference = await time(best.candidate);
  let bestMs = reference.ms;
  for (const provider of others) {
    const candidate = await tryToOpen(provider, open, log);
    if (!candidate) continue;
    const { ms, vectors } = await time(candidate);
    const agreement = meanAgreement(vectors, reference.vectors);
    const wins = ms < bestMs && agreement >= LEAST_AGREEMENT;
    log(`execution provider ${provider} ${wins ? 'is' : 'is not'} taken`, { ms, bestMs, agreement });
    await (wins ? best.candidate : candidate).release();
    if (!wins) continue;
    best = { provider, candidate };
    bestMs = ms;
  }
  return best;
}

/** Each by itself, on the batch of `candidate.embed`, which has so many `pictures`. The first is what the others are compared with. */
export async function measureProviders(
  available: readonly Provider[],
  open: (provider: Provider) => Promise<Candidate>,
  pictures: number,
): Promise<ProviderFigure[]> {
  let reference: Float32Array | undefined;
  const figures: ProviderFigure[] = [];
  for (const provider of available) {
    let problem = 'it does not open';
    const candidate = await tryToOpen(provider, open, (_message, details) => (problem = String(details?.['reason'])));
    if (!candidate) {
      figures.push({ provider, picturesPerSecond: null, agreement: null, problem });
      continue;
    }
    const { ms, vectors } = await time(candidate);
    await candidate.release();
    reference ??= vectors;
    const picturesPerSecond = (pictures / ms) * 1_000;
    figures.push({ provider, picturesPerSecond, agreement: meanAgreement(vectors, reference), problem: null });
  }
  return figures;
}

/** Fails at the first run too: a driver may be there and broken. */
async function tryToOpen<T extends Candidate>(
  provider: Provider,
  open: (provider: Provider) => Promise<T>,
  log: Log,
): Promise<T | null> {
  try {
    const candidate = await open(provider);
    await candidate.embed();
    return candidate;
  } catch (error) {
    log(`execution provider ${provider} does not work here`, { reason: (error as Error).message });
    return null;
  }
}

async function time(candidate: Candidate): Promise<{ ms: number; vectors: Float32Array }> {
  let vectors = await candidate.embed();
  let ms = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    vectors = await candidate.embed();
    ms = Math.min(ms, performance.now() - start);
  }
  return { ms, vectors };
}

/** Cosine of two batches, each seen as one long vector. */
function meanAgreement(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, i) => {
    const other = b[i] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  });
  return dot / Math.sqrt(aa * bb);
}
