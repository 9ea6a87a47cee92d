import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openConsole } from './console.ts';
import { show, WORLDS } from './scenes.ts';

const FOLDER = resolve(import.meta.dirname, '../../../screenshots');
const SIZES = [
  { width: 1_440, height: 900 },
  { width: 1_024, height: 700 },
];

/** `npm run screenshots`: every scene in both themes and both sizes, to be looked at. `-t empty` takes one world. */
it.each(WORLDS)('$name', { timeout: 600_000 }, async (world) => {
  const console = await openConsole({ args: world.args });
  await world.make(console);
  const { page } = console;
  for (const scene of world.scenes) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const size of SIZES) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await page.setViewportSize(size);
        await show(page, scene);
        const name = `${scene.name}-${world.name}-${scheme}-${size.width}.png`;
        const picture = await page.screenshot({ path: resolve(FOLDER, name) });
        expect(picture.length).toBeGreaterThan(5_000);
        await page.keyboard.press('Escape');
      }
    }
  }
});
