import { expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../../../src-core/domain/app-error.ts';
import { createImportHost, type ImportHostOptions } from '../../../../src-main/services/imports/host.ts';
import type { Imports } from '../../../../src-main/services/imports/imports.ts';
import { openRig } from './rig.ts';

function hostOf(imports: Imports, options: Partial<ImportHostOptions> = {}) {
  const troubles: string[] = [];
  const onTrouble = (importId: string, { code }: AppError): void => void troubles.push(`${importId} ${code}`);
  const host = createImportHost({ imports, onTrouble, againMs: 5, ...options });
  onTestFinished(() => host.close());
  return { host, troubles };
}

const until = { timeout: 20_000, interval: 5 };

it('drives what it is given to the end, and answers before', async () => {
  const rig = await openRig();
  await rig.write({ a: 'a', 'a.png': 'a', 'b.png': 'b' });
  const { host, troubles } = hostOf(rig.imports);
  const { id, state } = await host.start({ catalogId: rig.catalog.id, path: rig.root });
  expect(state).toBe('walking');
  await vi.waitFor(async () => expect((await rig.imports.status(id)).state).toBe('draining'), until);
  expect((await host.pause(id)).state).toBe('paused');
  rig.startWorker();
  expect((await host.resume(id)).state).toBe('draining');
  await vi.waitFor(async () => expect((await rig.imports.status(id)).state).toBe('completed'), until);
  expect(troubles).toEqual([]);
});

it('takes over what another process has left, or leaves', async () => {
  const rig = await openRig();
  await rig.write({ 'a.png': 'a' });
  const other = await rig.openHost({ owner: 'another', timing: { ownMs: 400 } });
  const left = await other.imports.start({ catalogId: rig.catalog.id, path: rig.root });
  const { host, troubles } = hostOf(rig.imports);
  await host.resumeUnfinished();
  rig.startWorker();
  // It still is the other's, until the right of that has run out.
  expect((await rig.imports.status(left.id)).owner).toBe('another');
  await vi.waitFor(async () => expect((await rig.imports.status(left.id)).state).toBe('completed'), until);
  expect(troubles).toEqual([]);
});

it('leaves all as it is when it is closed, once and for all', async () => {
  const rig = await openRig();
  await rig.write({ 'a.png': 'a' });
  const { host } = hostOf(rig.imports);
  const { id } = await host.start({ catalogId: rig.catalog.id, path: rig.root });
  await vi.waitFor(async () => expect((await rig.imports.status(id)).state).toBe('draining'), until);
  await Promise.all([host.close(), host.close()]);
  expect(await rig.imports.status(id)).toMatchObject({ state: 'draining', owner: null });
  await host.resumeUnfinished();
  expect((await rig.imports.status(id)).owner).toBe(null);
});

it('says of an import that it cannot be driven on', async () => {
  const rig = await openRig();
  await rig.write({ 'a.png': 'a' });
  const broken: Imports = {
    ...rig.imports,
    run: () => Promise.reject(new AppError('INTERNAL', 'a defect')),
  };
  const { host, troubles } = hostOf(broken);
  const { id } = await host.start({ catalogId: rig.catalog.id, path: rig.root });
  await vi.waitFor(() => expect(troubles).toEqual([`${id} INTERNAL`]), until);
});

it('cancels', async () => {
  const rig = await openRig();
  await rig.write({ 'a.png': 'a' });
  const { host } = hostOf(rig.imports);
  const { id } = await host.start({ catalogId: rig.catalog.id, path: rig.root });
  await vi.waitFor(async () => expect((await rig.imports.status(id)).counts.open).toBe(1), until);
  expect(await host.cancel(id)).toBe(1);
  expect((await rig.imports.status(id)).counts).toMatchObject({ open: 0, cancelled: 1 });
});
