/**
 * `npm run bench -- NAME [OPTIONS]`: prints a table and writes `.cache/bench/NAME.json`. Nothing else should run on the
 * machine meanwhile.
 */
const BENCHES: Record<string, () => Promise<(args: string[]) => Promise<void>>> = {
  api: async () => (await import('./api.ts')).benchApi,
  console: async () => (await import('./console.ts')).benchConsole,
  copy: async () => (await import('./copy.ts')).benchCopy,
  'dry-run': async () => (await import('./index/bench-dry-run.ts')).benchDryRun,
  duplicates: async () => (await import('./duplicates.ts')).benchDuplicates,
  emoji: async () => (await import('./emoji.ts')).benchEmoji,
  follow: async () => (await import('./follow.ts')).benchFollow,
  index: async () => (await import('./index/bench-index.ts')).benchIndex,
  queue: async () => (await import('./queue.ts')).benchQueue,
  search: async () => (await import('./search.ts')).benchSearch,
  retrieval: async () => (await import('./retrieval.ts')).benchRetrieval,
  walk: async () => (await import('./walk.ts')).benchWalk,
  watch: async () => (await import('./watch.ts')).benchWatch,
  words: async () => (await import('./words.ts')).benchWords,
};

// The peers load onnxruntime as it is; it would report its use.
process.env.ORT_DISABLE_TELEMETRY = '1';

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
