import { expect, test } from 'vitest';
import { collectTouched } from '../../../../src-core/files/watch/touched.ts';

test('each folder once, none below a deep one, and none twice', () => {
  const touched = collectTouched('/r');
  touched.add({ folder: '/r/a', deep: false });
  touched.add({ folder: '/r/a/b/c', deep: false });
  touched.add({ folder: '/r/a/b', deep: true });
  touched.add({ folder: '/r/a/b', deep: false });
  touched.add({ folder: '/r/a/bc', deep: false });
  expect(touched.take()).toEqual([
    { folder: '/r/a', deep: false },
    { folder: '/r/a/b', deep: true },
    { folder: '/r/a/bc', deep: false },
  ]);
  expect(touched.take()).toEqual([]);
});

test('more folders than are worth telling apart are the whole root', () => {
  const touched = collectTouched('/r');
  for (let n = 0; n < 5_000; n++) touched.add({ folder: `/r/${n}`, deep: false });
  expect(touched.take()).toHaveLength(5_000);
  for (let n = 0; n <= 5_000; n++) touched.add({ folder: `/r/${n}`, deep: false });
  expect(touched.take()).toEqual([{ folder: '/r', deep: true }]);
});
