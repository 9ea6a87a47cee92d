import { expect, test } from 'vitest';
import {
  availableProviders,
  chooseProvider,
  measureProviders,
} from '../../../../src-core/adapters/embedder-onnx/providers.ts';
import type { Provider } from '../../../../src-core/domain/provider.ts';

/** Providers by their speed (busy ms per batch) and vectors; null cannot be opened. */
function rig(providers: Partial<Record<Provider, { ms: number; vectors: number[] } | null>>) {
  const released: Provider[] = [];
  const said: string[] = [];
  const open = async (provider: Provider) => {
    const behaviour = providers[provider];
    if (!behaviour) throw new Error('driver missing');
    return {
      async embed() {
        const until = performance.now() + behaviour.ms;
        while (performance.now() < until);
        return Float32Array.from(behaviour.vectors);
      },
      async release() {
        released.push(provider);
      },
    };
  };
  const choose = async (wanted: Provider | 'auto', available = Object.keys(providers) as Provider[]) =>
    (await chooseProvider(wanted, available, open, (message) => said.push(message))).provider;
  const measure = () => measureProviders(Object.keys(providers) as Provider[], open, 8);
  return { choose, measure, released, said };
}

test('the CPU is always there', () => {
  expect(availableProviders()[0]).toBe('cpu');
});

test('auto takes the fastest and releases the others', async () => {
  const { choose, released } = rig({ cpu: { ms: 60, vectors: [1, 0] }, dml: { ms: 1, vectors: [1, 0] } });
  expect(await choose('auto')).toBe('dml');
  expect(released).toEqual(['cpu']);
});

test('auto stays with the CPU when that is faster, or when another makes other vectors', async () => {
  const slow = rig({ cpu: { ms: 1, vectors: [1, 0] }, coreml: { ms: 60, vectors: [1, 0] } });
  expect(await slow.choose('auto')).toBe('cpu');
  expect(slow.released).toEqual(['coreml']);
  const other = rig({ cpu: { ms: 60, vectors: [1, 0] }, coreml: { ms: 1, vectors: [0.8, 0.6] } });
  expect(await other.choose('auto')).toBe('cpu');
  expect(other.said).toEqual(['execution provider coreml is not taken']);
});

test('what does not open falls back to the CPU and says so', async () => {
  const { choose, said } = rig({ cpu: { ms: 0, vectors: [1] }, cuda: null });
  expect(await choose('cuda')).toBe('cpu');
  expect(await choose('auto')).toBe('cpu');
  expect(said).toEqual(Array(2).fill('execution provider cuda does not work here'));
});

test('measures each by itself, against the CPU, and says which does not work', async () => {
  const { measure, released } = rig({
    cpu: { ms: 20, vectors: [1, 0] },
    dml: { ms: 5, vectors: [0.8, 0.6] },
    cuda: null,
  });
  const [cpu, dml, cuda] = await measure();
  expect(cpu).toMatchObject({ provider: 'cpu', agreement: 1, problem: null });
  expect(cpu!.picturesPerSecond).toBeGreaterThan(8 / 0.2);
  expect(cpu!.picturesPerSecond).toBeLessThanOrEqual(8 / 0.02);
  expect(dml!.agreement).toBeCloseTo(0.8, 6);
  expect(cuda).toEqual({ provider: 'cuda', picturesPerSecond: null, agreement: null, problem: 'driver missing' });
  expect(released).toEqual(['cpu', 'dml']);
});

test('a provider that was asked for is taken without a race', async () => {
  const { choose, released } = rig({ cpu: { ms: 0, vectors: [1] }, dml: { ms: 20, vectors: [1] } });
  expect(await choose('dml')).toBe('dml');
  expect(await choose('cpu')).toBe('cpu');
  expect(released).toEqual([]);
});
