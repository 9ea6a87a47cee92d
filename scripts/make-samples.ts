import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { DRAWINGS, type Palette } from './sample-drawings.ts';

/**
 * `node scripts/make-samples.ts`: draws resources/samples, the pictures that quickstart.sh indexes. Things of a few
 * kinds in several colours, so that a search has sensible neighbours. The same call makes the same files.
 */
const FOLDER = resolve(import.meta.dirname, '../resources/samples');

type Kind = keyof typeof DRAWINGS;

const KINDS: Record<Kind, { folder: string; description: string }> = {
  mug: { folder: 'kitchen', description: 'mug with a stripe, holds 300 ml' },
  bottle: { folder: 'kitchen', description: 'glass bottle with a label and a stopper' },
  chair: { folder: 'furniture', description: 'chair with a padded back' },
  lamp: { folder: 'furniture', description: 'table lamp with a cloth shade' },
  sneaker: { folder: 'outdoors', description: 'low sneaker with a light sole' },
  tree: { folder: 'outdoors', description: 'tree with a round crown' },
  sailboat: { folder: 'outdoors', description: 'sailing boat with two sails' },
  flower: { folder: 'outdoors', description: 'flower in a clay pot' },
};

const PALETTES: Record<string, Palette> = {
  red: { main: '#d64541', dark: '#a92f2c', accent: '#f3d5a2' },
  blue: { main: '#3f7fc1', dark: '#2c5d93', accent: '#f2b33d' },
  green: { main: '#5c9e57', dark: '#427a3e', accent: '#7a5236' },
  yellow: { main: '#eebb3c', dark: '#c9942a', accent: '#5b4636' },
  violet: { main: '#8862b0', dark: '#664787', accent: '#e9d7c0' },
};

const BACKGROUNDS = [
  ['#fbfaf7', '#e6e2d9'],
  ['#e4f0f6', '#c3dae6'],
  ['#f8ebe4', '#e9cfc1'],
  ['#eaf3e4', '#cfe0c4'],
  ['#efeaf5', '#d8cde6'],
  ['#3d4450', '#262b33'],
] as const;

const SIZES = [
  [480, 480],
  [560, 420],
  [420, 520],
] as const;

const FORMATS = {
  jpg: (picture: Sharp) => picture.jpeg({ quality: 82 }),
  webp: (picture: Sharp) => picture.webp({ quality: 82 }),
  png: (picture: Sharp) => picture.png({ palette: true, effort: 10 }),
};

const random = seeded(160);

await rm(FOLDER, { recursive: true, force: true });
const lines = ['path,product_id,name,description,colour'];
for (const [kindAt, [kind, { folder, description }]] of Object.entries(KINDS).entries()) {
  for (const [colourAt, [colour, palette]] of Object.entries(PALETTES).entries()) {
    const number = kindAt * 5 + colourAt;
    const format = pick(['jpg', 'jpg', 'webp', 'png'] as const, number);
    const path = `${folder}/${kind}-${colour}.${format}`;
    const picture = sharp(Buffer.from(scene(kind as Kind, palette, number)));
    await mkdir(dirname(join(FOLDER, path)), { recursive: true });
    await writeFile(join(FOLDER, path), await FORMATS[format](picture).toBuffer());
    const id = `IF-${String(100 + number)}`;
    const name = `${colour[0]?.toUpperCase()}${colour.slice(1)} ${kind}`;
    lines.push(`${path},${id},${name},"A ${colour} ${description}",${colour}`);
  }
}
await writeFile(join(FOLDER, 'catalog.csv'), `${lines.join('\n')}\n`);
console.log(`${lines.length - 1} pictures and catalog.csv in ${FOLDER}`);

/** The drawing on a floor, a little to the side, a little turned, in a soft light. */
function scene(kind: Kind, palette: Palette, number: number): string {
  const [width, height] = pick(SIZES, number + Math.floor(number / 5));
  const [light, shade] = pick(BACKGROUNDS, number * 5 + Math.floor(number / 5));
  const scale = (Math.min(width, height) / 400) * (0.86 + random() * 0.12);
  const left = width / 2 - 200 * scale + (random() - 0.5) * 40;
  const top = height / 2 - 190 * scale + (random() - 0.5) * 16;
  const turn = (random() - 0.5) * 5;
  const floor = top + 330 * scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><radialGradient id="wall" cx=".4" cy=".3" r=".9"><stop stop-color="${light}"/><stop offset="1" stop-color="${shade}"/></radialGradient></defs>
    <rect width="100%" height="100%" fill="url(#wall)"/>
    <rect y="${floor - 26 * scale}" width="100%" height="100%" fill="#000000" fill-opacity=".07"/>
    <ellipse cx="${left + 200 * scale}" cy="${floor}" rx="${140 * scale}" ry="${13 * scale}" fill="#000000" fill-opacity=".2"/>
    <g transform="translate(${left} ${top}) scale(${scale}) rotate(${turn} 200 330)">${DRAWINGS[kind](palette)}</g>
  </svg>`;
}

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length]!;
}

/** mulberry32, numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
