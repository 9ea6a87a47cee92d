import { newPrefix, openStore, serverOfFile } from '../unit/adapters/vectors-qdrant/server.ts';
import type { OpenStores } from './vector-store/samples.ts';
import { testVectorStore } from './vector-store/test-vector-store.ts';

const at = serverOfFile();

const open: OpenStores = async (handles) => {
  const { server } = at;
  const prefix = newPrefix(server);
  const [first, ...others] = await Promise.all(Array.from({ length: handles }, () => openStore(server, { prefix })));
  if (!first) throw new RangeError('needs at least one handle');
  return [first, ...others];
};

testVectorStore('Qdrant', open);
