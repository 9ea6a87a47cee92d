import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCatalogs } from '../../../../src-main/services/catalogs.ts';
import { refuseWhileFed } from '../../../../src-main/services/imports/refuse-while-fed.ts';
import { appError } from '../../../contract/vector-store/samples.ts';
import { openRig } from './rig.ts';

it('refuses while one of the catalog’s sources is imported, and a drop leaves all as it is', async () => {
  const { imports, log, queue, store, catalog, dir, root } = await openRig();
  const other = join(dir, 'others');
  await mkdir(other);
  const [first, second] = [
    await imports.start({ catalogId: catalog.id, path: root }),
    await imports.start({ catalogId: catalog.id, path: other }),
  ];
  await imports.cancel(first.id);

  const refused = appError('CONFLICT', new RegExp(`import ${second.id} still feeds “default”`));
  await expect(refuseWhileFed(log, catalog)).rejects.toMatchObject(refused);
  await expect(createCatalogs(store, queue, log).drop('default')).rejects.toMatchObject(refused);
  expect(await store.catalogs()).toMatchObject([{ id: catalog.id }]);

  await imports.cancel(second.id);
  await refuseWhileFed(log, catalog);
  await createCatalogs(store, queue, log).drop('default');
  expect(await store.catalogs()).toEqual([]);
});
