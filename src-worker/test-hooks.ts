import type { Pictures } from '../src-core/ports/pictures.ts';

/**
 * Pictures that do to their worker what a defect in native code would, for the chaos and supervisor tests. Only where
 * these are set, each to a part of a path: IMAGEFLEET_TEST_POISON, decoding such a picture kills this process;
 * IMAGEFLEET_TEST_HANG, it blocks the main thread for good; IMAGEFLEET_TEST_STUCK, it never comes back.
 */
export function withTestHooks(pictures: Pictures, env: NodeJS.ProcessEnv = process.env): Pictures {
  const { IMAGEFLEET_TEST_POISON: poison, IMAGEFLEET_TEST_HANG: hang, IMAGEFLEET_TEST_STUCK: stuck } = env;
  if (!poison && !hang && !stuck) return pictures;
  const pathOf = new WeakMap<Uint8Array, string>();

  return {
    ...pictures,
    async read(path, root, signal) {
      const file = await pictures.read(path, root, signal);
      pathOf.set(file.bytes, path);
      return file;
    },
    async decode(bytes) {
      const path = pathOf.get(bytes) ?? '';
      if (poison && path.includes(poison)) process.kill(process.pid, 'SIGKILL');
      if (hang && path.includes(hang)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      if (stuck && path.includes(stuck)) return new Promise(() => {});
      return pictures.decode(bytes);
    },
  };
}
