import { resolve } from 'node:path';
import { npmPackage } from '../../scripts/npm-package.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/bench');
const INTEGRITY = {
  apple: 'sha512-dVYjsK0FnCry9F+PBtnivhG2K0xdwlmqYaSgiUtztUdAGPYiHYhZcVKvNBqC791g2qyEcFNTBO6utg4eQ3uLTw==',
  google: 'sha512-ZRexfzs7MVoLnmzZmNsO4TKhnAJp5D++Vm6PpUpH/jEQQlemp3l88CjZ+DoZ2faM9R4QxZkOPJCoT8DlPhfQ3A==',
};

/** In the names of emoji that are there for their colour of skin: near copies of another. */
export const SKIN_TONE = /-1f3f[b-f]/;

/** The folder of one vendor's 64-pixel emoji, fetched once. */
export function emoji(vendor: keyof typeof INTEGRITY): Promise<string> {
  const only = `img/${vendor}/64`;
  return npmPackage(`emoji-datasource-${vendor}@16.0.0`, CACHE, { integrity: INTEGRITY[vendor], only });
}
