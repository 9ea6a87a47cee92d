import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // Electron 45 embeds Node 24; named here, since the electron package need not be installed to build.
      target: 'node24',
      sourcemap: true,
      // One Node-side build: the entries share their chunks, and each of them is a process or a thread of its own.
      rolldownOptions: {
        input: {
          cli: here('src-main/cli/main.ts'),
          worker: here('src-worker/worker.ts'),
          finder: here('src-worker/finder.ts'),
          'watchdog-thread': here('src-worker/watchdog-thread.ts'),
          'heic-thread': here('src-core/adapters/pictures-sharp/heic-thread.ts'),
          'watch-thread': here('src-core/files/watch/watch-thread.ts'),
        },
      },
    },
  },
  renderer: {
    root: here('src-renderer'),
    plugins: [react()],
    build: {
      outDir: here('out/renderer'),
      target: 'chrome148',
      minify: true,
      rolldownOptions: { input: here('src-renderer/index.html') },
    },
  },
});
