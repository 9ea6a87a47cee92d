import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const here = (path: string): string => resolve(import.meta.dirname, path);

/** The scripts that the queue sends to Redis, in `lua/` as beside the code that reads them. */
function luaScripts(): Plugin {
  const folder = here('src-core/adapters/queue-redis/lua');
  return {
    name: 'lua-scripts',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        this.emitFile({ type: 'asset', fileName: `lua/${name}`, source: readFileSync(join(folder, name), 'utf8') });
      }
    },
  };
}

export default defineConfig({
  main: {
    plugins: [luaScripts()],
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
