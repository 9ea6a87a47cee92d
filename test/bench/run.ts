/**
 * `npm run bench -- NAME [OPTIONS]`: prints a table and writes `.cache/bench/NAME.json`. Nothing else should run on the
 * machine meanwhile.
 */
const BENCHES: Record<string, () => Promise<(args: string[]) => Promise<void>>> = {
  emoji: async () => (await import('./emoji.ts')).benchEmoji,
  index: async () => (await import('./index/bench-index.ts')).benchIndex,
  search: async () => (await import('./search.ts')).benchSearch,
  retrieval: async () => (await import('./retrieval.ts')).benchRetrieval,
};

const [name = '', ...args] = process.argv.slice(2);
const load = BENCHES[name];
if (load) {
  await (
    await load()
  )(args);
} else {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--help]`);
  process.exitCode = 2;
}
