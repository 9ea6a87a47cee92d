import { expect, test } from 'vitest';
import { threadEntry } from '../../../src-core/files/thread-entry.ts';

test.each([
  ['file:///app/src-core/adapters/pictures-sharp/heic.ts', 'file:///app/src-core/adapters/pictures-sharp/a.ts'],
  ['file:///app/out/main/worker.js', 'file:///app/out/main/a.js'],
  ['file:///app/out/main/chunks/create-pictures-x1.js', 'file:///app/out/main/a.js'],
])('from %s', (from, expected) => {
  expect(threadEntry('a', from).href).toBe(expected);
});
