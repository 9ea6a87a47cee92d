import { expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { IndexResult } from '../../../src-core/domain/index-task.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { openRig, toTask, type Rig, type RigOptions, until } from './rig.ts';

const OWN = { title: 'Sea', caption: 'a quiet one', keywords: ['Sea'] };
const TEXT = 'Sea says a quiet one';

async function start(options?: RigOptions): Promise<Rig> {
  const rig = await openRig(options);
  rig.start();
  return rig;
}

/** Indexes files and answers how, once it is done. */
async function index(
  rig: Rig,
  files: Record<string, string>,
  payload = {},
  id?: string,
): Promise<(string | undefined)[]> {
  const ids = await rig.add(files, { payload, ...(id ? { id } : {}) });
  await until(async () => expect((await rig.queue.get(ids.at(-1)!))?.state).toBe('completed'));
  const tasks = await Promise.all(ids.map((task) => rig.queue.get(task)));
  return tasks.map((task) => (task?.result as IndexResult | undefined)?.how);
}

const idOf = (rig: Rig, name: string): string => imageIdOf(rig.catalogId, `/pictures/${name}`);

async function recordOf(rig: Rig, name: string) {
  return (await rig.store.get(rig.catalogId, [idOf(rig, name)]))[0]?.record;
}

/** As an import does for a picture that has a sidecar. */
async function applySidecar(rig: Rig, name: string): Promise<void> {
  const patch = { title: 'Sidecar', caption: null, keywords: ['of', 'sidecar'] };
  await rig.store.setPayload(rig.catalogId, [{ imageIds: [idOf(rig, name)], patch }]);
}

it('keeps what the picture says apart from what its producer says', async () => {
  const rig = await start();
  const facts = { name: 'Blue', description: 'From the manifest' };
  expect(await index(rig, { one: TEXT }, facts)).toEqual(['embedded']);
  expect(await recordOf(rig, 'one')).toMatchObject({ ...OWN, ...facts });
});

it('gives a copy the picture’s own texts, not those of the sidecar of the first', async () => {
  const rig = await start();
  await index(rig, { one: TEXT });
  await applySidecar(rig, 'one');
  expect(await index(rig, { two: TEXT })).toEqual(['reused']);
  expect(await recordOf(rig, 'two')).toMatchObject(OWN);
  expect(await recordOf(rig, 'one')).toMatchObject({ title: 'Sidecar' });
});

it('brings an unchanged picture back to its own texts, and writes nothing where it has them', async () => {
  const patches: unknown[] = [];
  const rig = await start({
    store: (store) => ({
      setPayload(catalogId, changes) {
        patches.push(...changes.map(({ patch }) => patch));
        return store.setPayload(catalogId, changes);
      },
    }),
  });
  await index(rig, { one: TEXT });
  await applySidecar(rig, 'one');
  expect(await index(rig, { one: TEXT }, {}, 'again')).toEqual(['updated']);
  expect(await recordOf(rig, 'one')).toMatchObject(OWN);
  expect(await index(rig, { one: TEXT }, {}, 'once-more')).toEqual(['unchanged']);
  expect(patches).toEqual([OWN]);
});

it('decodes nothing to read them again, and fails where the header cannot be read', async () => {
  let decoded = 0;
  let damaged = false;
  const rig = await start({
    pictures: (plain) => ({
      decode(bytes) {
        decoded++;
        return plain.decode(bytes);
      },
      async describe(bytes) {
        if (damaged) throw new AppError('IMAGE_TOO_LARGE', 'the limit was lowered');
        return plain.describe(bytes);
      },
    }),
  });
  await index(rig, { one: TEXT });
  await index(rig, { one: TEXT }, {}, 'again');
  await index(rig, { two: TEXT });
  expect(decoded).toBe(1);
  damaged = true;
  await rig.queue.enqueue([toTask(rig.catalogId, '/pictures/one', { id: 'large' })]);
  await until(async () => expect((await rig.queue.get('large'))?.state).toBe('failed'));
  expect((await rig.queue.get('large'))?.error).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
});
