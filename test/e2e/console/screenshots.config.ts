import { defineConfig } from 'vitest/config';

// Pictures are looked at by people: they are no part of the test run.
export default defineConfig({
  test: { include: ['test/e2e/console/screenshots.ts'], maxWorkers: 1, hookTimeout: 60_000 },
});
