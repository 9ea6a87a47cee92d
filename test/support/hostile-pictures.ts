import { execFileSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { ErrorCode } from '../../src-core/domain/app-error.ts';

export interface HostilePicture {
  /** Relative to the folder. */
  file: string;
  expect: 'indexed' | { code: ErrorCode };
}

export interface HostileOptions {
  /** Where the SVGs would fetch from, if anything did. */
  listener?: string;
}

/** Read while `keepChanging` runs it is FILE_CHANGED, else an ordinary picture. Large, so that reading takes a while. */
export const CHANGING_FILE = 'changing.jpg';

/**
 * Writes one file per way in which a picture can be hostile or merely strange, and says what must become of each. Links
 * lead out to `<folder>.outside`, which it makes too. POSIX only: it makes pipes and takes permissions away.
 */
export async function writeHostilePictures(folder: string, options: HostileOptions = {}): Promise<HostilePicture[]> {
  const { listener = 'http://127.0.0.1:9' } = options;
  const written: HostilePicture[] = [];
  const expected = (file: string, expect: ErrorCode | 'indexed'): void => {
    written.push({ file, expect: expect === 'indexed' ? expect : { code: expect } });
  };
  const put = async (file: string, content: Uint8Array | string, expect: ErrorCode | 'indexed'): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
    expected(file, expect);
  };
  await mkdir(folder, { recursive: true });

  const jpeg = await drawing().jpeg().toBuffer();
  const png = await drawing().png().toBuffer();

  const secret = join(`${folder}.outside`, 'secret.png');
  await mkdir(dirname(secret), { recursive: true });
  await writeFile(secret, png);

  await put('empty.jpg', '', 'FILE_EMPTY');
  await put('truncated.jpg', half(jpeg), 'IMAGE_CORRUPT');
  await put('truncated.png', half(png), 'IMAGE_CORRUPT');
  await put('truncated.webp', half(await drawing().webp().toBuffer()), 'IMAGE_CORRUPT');
  await put('truncated.tif', half(await drawing().tiff({ compression: 'none' }).toBuffer()), 'IMAGE_CORRUPT');
  await put('truncated.gif', half(await drawing().gif().toBuffer()), 'IMAGE_CORRUPT');
  await put('truncated.avif', half(await drawing().avif({ effort: 0 }).toBuffer()), 'IMAGE_CORRUPT');
  const heic = await readFile(new URL('../fixtures/drawing.heic', import.meta.url));
  await put('truncated.heic', half(heic), 'IMAGE_CORRUPT');
  await put('header-only.jpg', jpeg.subarray(0, 20), 'IMAGE_CORRUPT');

  await put('png-named.jpg', png, 'indexed');
  await put('jpeg-named.png', jpeg, 'indexed');
  await put('text-named.jpg', 'Dear diary, today I was renamed.\n', 'UNSUPPORTED_FORMAT');
  await put('page-named.png', '<!doctype html><title>404</title>', 'UNSUPPORTED_FORMAT');
  await put('heic-named.jpg', heic, 'indexed');
  await put('noise.jpg', Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919) % 251)), 'UNSUPPORTED_FORMAT');

  await put('bomb.png', pngOf(30_000, 30_000, deflateSync(Buffer.alloc(1_000_000))), 'IMAGE_TOO_LARGE');
  await put('bomb-in-data.png', pngOf(64, 64, deflateSync(Buffer.alloc(64_000_000))), 'indexed');
  await put('bomb-in-text.png', withChunk(png, 'zTXt', textBomb()), 'indexed');
  await put('huge-header.png', pngOf(50_000, 50_000, deflateSync(Buffer.alloc(100))), 'IMAGE_TOO_LARGE');
  await put('huge-header.jpg', jpegOf(jpeg, 50_000, 50_000), 'IMAGE_TOO_LARGE');
  await put('huge-header.svg', svg('<rect width="9" height="9"/>', 50_000, 50_000), 'IMAGE_TOO_LARGE');

  await put('cmyk.jpg', await drawing().toColourspace('cmyk').jpeg().toBuffer(), 'indexed');
  await put('sixteen-bit.png', await drawing().toColourspace('rgb16').png().toBuffer(), 'indexed');
  await put('sixteen-bit.tif', await drawing().toColourspace('rgb16').tiff().toBuffer(), 'indexed');
  await put('grey.jpg', await drawing().greyscale().jpeg().toBuffer(), 'indexed');
  await put('palette.png', await drawing().png({ palette: true }).toBuffer(), 'indexed');
  await put('alpha.png', await drawing().ensureAlpha(0.3).png().toBuffer(), 'indexed');
  await put('one-pixel.png', await drawing().resize(1, 1).png().toBuffer(), 'indexed');
  await put('thread.png', await drawing().resize(4_000, 1, { fit: 'fill' }).png().toBuffer(), 'indexed');
  await put('animated.gif', await animation().gif().toBuffer(), 'indexed');
  await put('animated.webp', await animation().webp().toBuffer(), 'indexed');
  await put('broken-exif.jpg', withBrokenExif(jpeg), 'indexed');
  for (let orientation = 1; orientation <= 8; orientation++) {
    await put(`rotated/${orientation}.jpg`, await drawing().withMetadata({ orientation }).jpeg().toBuffer(), 'indexed');
  }

  const image = (href: string): string =>
    svg(`<image width="60" height="40" href="${href}"/><image width="60" height="40" xlink:href="${href}"/>`);
  await put('svg/file-reference.svg', image(`file://${secret}`), 'indexed');
  await put('svg/path-reference.svg', image(secret), 'indexed');
  await put('svg/neighbour-reference.svg', image('../alpha.png'), 'indexed');
  await put('svg/http-reference.svg', image(`${listener}/picture.png`), 'indexed');
  await put('svg/style-import.svg', svg(`<style>@import url("${listener}/style.css");</style>`), 'indexed');
  await put('svg/use-reference.svg', svg(`<use xlink:href="${listener}/shape.svg#a"/>`), 'indexed');
  await put(
    'svg/script.svg',
    svg(`<script>fetch("${listener}/script")</script><rect width="9" height="9"/>`),
    'indexed',
  );
  await put('svg/include.svg', svg(`<xi:include href="file:///etc/passwd" parse="text"/>`), 'indexed');
  await put('svg/entity.svg', doctype(`<!ENTITY x SYSTEM "file:///etc/passwd">`, '&x;'), 'IMAGE_CORRUPT');
  await put('svg/http-entity.svg', doctype(`<!ENTITY x SYSTEM "${listener}/entity">`, '&x;'), 'IMAGE_CORRUPT');
  await put('svg/http-dtd.svg', doctype(`<!ENTITY % d SYSTEM "${listener}/dtd"> %d;`, ''), 'IMAGE_CORRUPT');
  await put('svg/laughs.svg', doctype(laughs(), '&l9;'), 'IMAGE_CORRUPT');
  await put('svg/use-bomb.svg', svg(useBomb()), 'IMAGE_CORRUPT');

  await put('names/two\nlines.png', png, 'indexed');
  await put(`names/'quotes" & \`ticks\` $(id).png`, png, 'indexed');
  await put('names/🦊 fox – naïve ☕️.png', png, 'indexed');
  await put('names/<img src=x onerror=alert(1)>.png', png, 'indexed');
  await put(`names/${'n'.repeat(246)}.png`, png, 'indexed');
  await put('names/-rf.png', png, 'indexed');

  await put('unreadable.jpg', jpeg, process.getuid?.() === 0 ? 'indexed' : 'FILE_UNREADABLE');
  await chmod(join(folder, 'unreadable.jpg'), 0);
  execFileSync('mkfifo', [join(folder, 'pipe.jpg')]);
  expected('pipe.jpg', 'NOT_A_FILE');
  await symlink('circle-b.jpg', join(folder, 'circle-a.jpg'));
  await symlink('circle-a.jpg', join(folder, 'circle-b.jpg'));
  expected('circle-a.jpg', 'NOT_A_FILE');
  expected('circle-b.jpg', 'NOT_A_FILE');
  await symlink('.', join(folder, 'loop'));
  await symlink('nowhere.jpg', join(folder, 'dangling.jpg'));
  expected('dangling.jpg', 'FILE_NOT_FOUND');
  await symlink('grey.jpg', join(folder, 'link-inside.jpg'));
  expected('link-inside.jpg', 'indexed');
  await symlink(secret, join(folder, 'link-outside.png'));
  expected('link-outside.png', 'PATH_OUTSIDE_ROOT');

  await put(CHANGING_FILE, jpeg, 'indexed');
  await truncate(join(folder, CHANGING_FILE), 64_000_000);

  await put('foreign/picture.bmp', `BM${'\0'.repeat(60)}`, 'UNSUPPORTED_FORMAT');
  await put('foreign/layers.psd', `8BPS\0\x01${'\0'.repeat(60)}`, 'UNSUPPORTED_FORMAT');
  await put(
    'foreign/icon.ico',
    Buffer.from('000001000100101000000100200068040000160000002800', 'hex'),
    'UNSUPPORTED_FORMAT',
  );
  await put('foreign/page.pdf', '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF', 'UNSUPPORTED_FORMAT');
  await put(
    'foreign/wavelet.jp2',
    Buffer.from('0000000c6a5020200d0a870a00000014667479706a703220', 'hex'),
    'UNSUPPORTED_FORMAT',
  );
  await put('foreign/pixmap.ppm', 'P6\n1 1\n255\nabc', 'UNSUPPORTED_FORMAT');
  await put('foreign/movie.mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), 'UNSUPPORTED_FORMAT');
  await put('foreign/packed.svgz', Buffer.from('1f8b080000000000', 'hex'), 'UNSUPPORTED_FORMAT');
  return written;
}

/** Touches the file every millisecond until the answered function is called. */
export function keepChanging(file: string): () => void {
  let tick = 0;
  const timer = setInterval(() => utimesSync(file, 1_000_000 + ++tick, 1_000_000 + tick), 1);
  return () => clearInterval(timer);
}

/** 60 × 40: red, green / blue, white, so that every orientation looks different. */
function drawing(): Sharp {
  const quarters = [
    [0, 0, 'red'],
    [30, 0, 'lime'],
    [0, 20, 'blue'],
    [30, 20, 'white'],
  ].map(([x, y, fill]) => `<rect x="${x}" y="${y}" width="30" height="20" fill="${fill}"/>`);
  return sharp(Buffer.from(svg(quarters.join('')))).removeAlpha();
}

function animation(): Sharp {
  const pixels = Buffer.alloc(30 * 60 * 3, 200);
  pixels.fill(20, pixels.length / 2);
  return sharp(pixels, { raw: { width: 30, height: 60, channels: 3, pageHeight: 30 } });
}

function svg(content: string, width = 60, height = 40): string {
  const spaces = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${spaces} width="${width}" height="${height}">${content}</svg>`;
}

function doctype(declarations: string, text: string): string {
  return `<?xml version="1.0"?><!DOCTYPE svg [${declarations}]>${svg(`<text y="20">${text}</text>`)}`;
}

/** "Billion laughs": ten entities, each ten times the one before. */
function laughs(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  return `<!ENTITY l0 "ha">${levels.join('')}`;
}

/** The same with `use`: 10^12 groups. */
function useBomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `<g id="g${i + 1}">${`<use xlink:href="#g${i}"/>`.repeat(10)}</g>`,
  );
  return `<defs><g id="g0"/>${levels.join('')}</defs><use xlink:href="#g12"/>`;
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** A PNG, 8-bit grey, of any size and with any data. */
function pngOf(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

/** The chunk goes right behind the header, which ends at byte 33. */
function withChunk(png: Buffer, type: string, data: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 33), chunk(type, data), png.subarray(33)]);
}

/** 64 MB of zeros in 64 KB. */
function textBomb(): Buffer {
  return Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(64_000_000))]);
}

/** The frame header (SOF0, SOF2) with other sizes. */
function jpegOf(jpeg: Buffer, width: number, height: number): Buffer {
  const patched = Buffer.from(jpeg);
  const frame = [0xc0, 0xc2].map((marker) => patched.indexOf(Buffer.from([0xff, marker]))).find((at) => at > 0);
  if (frame === undefined) throw new Error('no frame header in this JPEG');
  patched.writeUInt16BE(height, frame + 5);
  patched.writeUInt16BE(width, frame + 7);
  return patched;
}

function withBrokenExif(jpeg: Buffer): Buffer {
  const body = Buffer.from('Exif\0\0MM\0\x2a\xff\xff\xff\xff broken', 'latin1');
  const size = Buffer.alloc(2);
  size.writeUInt16BE(body.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), size, body, jpeg.subarray(2)]);
}
