import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPictures } from '../../../../src-core/adapters/pictures-sharp/create-pictures.ts';
import type { Pictures } from '../../../../src-core/ports/pictures.ts';
import { iim, IS_UTF8, resources, tiff, withIptc } from '../../../support/metadata.ts';
import { defaultModel } from '../../../support/model.ts';
import { picture } from '../../../support/pictures.ts';
import { caption, keywords, title, xmp } from '../../../support/xmp.ts';

const { manifest } = await defaultModel();
const NOTHING = { title: null, caption: null, keywords: [] };
const PLAIN = await picture(1);

function open(): Pictures {
  const pictures = createPictures({ model: manifest, limits: { maxBytes: 1e9, maxPixels: 1e6, decodeMs: 20_000 } });
  onTestFinished(() => pictures.close());
  return pictures;
}

/** What is said of the bytes, which must be the same with the pixels and without. */
async function textsOf(bytes: Buffer) {
  const pictures = open();
  const described = await pictures.describe(bytes);
  expect(await pictures.decode(bytes)).toMatchObject(described);
  return described;
}

async function jpeg(packet?: string, description?: string): Promise<Buffer> {
  let made = sharp(PLAIN);
  if (description !== undefined) made = made.withExif({ IFD0: { ImageDescription: description } });
  if (packet !== undefined) made = made.withXmp(packet);
  return made.jpeg().toBuffer();
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('XMP', () => {
  const packet = xmp(title('长城') + caption('Grüße') + keywords('sea', 'été'));
  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif'] as const)('in %s', async (format) => {
    const bytes = await sharp(PLAIN).withXmp(packet)[format]().toBuffer();
    expect(await textsOf(bytes)).toEqual({ title: '长城', caption: 'Grüße', keywords: ['sea', 'été'] });
  });

  it.each([
    ['broken', '<x:xmpmeta><rdf:RDF>'],
    ['a bomb', `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>${xmp(title('&b;'))}`],
    ['no XMP', 'hello'],
  ])('that is %s says nothing, and the picture is indexed', async (_name, broken) => {
    const bytes = withIptc(await jpeg(broken), iim([2, 5, 'Title of IPTC']));
    expect(await textsOf(bytes)).toEqual({ ...NOTHING, title: 'Title of IPTC' });
  });
});

describe('IPTC', () => {
  const block = iim(IS_UTF8, [2, 5, '长城'], [2, 120, 'Grüße\raus'], [2, 25, 'sea'], [2, 25, 'été'], [2, 25, 'sea']);
  const said = { title: '长城', caption: 'Grüße\naus', keywords: ['sea', 'été'] };

  it('in JPEG', async () => {
    expect(await textsOf(withIptc(await jpeg(), block))).toEqual(said);
  });

  it.each([
    ['bytes', { block: { tag: 33_723, type: 1, data: block } }],
    ['numbers', { block: { tag: 33_723, type: 4, data: block } }],
    ['numbers of a big-endian file', { bigEndian: true, block: { tag: 33_723, type: 4, data: block } }],
    ['Photoshop’s resources', { block: { tag: 34_377, type: 1, data: resources(block) } }],
  ] as const)('in TIFF, as %s', async (_name, options) => {
    expect(await textsOf(tiff(3, options))).toEqual(said);
  });

  it('is Latin-1 or Windows’ where it does not say UTF-8, and UTF-8 where it is', async () => {
    const western = iim([2, 5, latin1('M\xfcller \x96 caf\xe9')], [2, 25, latin1('\xe9t\xe9')], [2, 120, '长城']);
    expect(await textsOf(withIptc(await jpeg(), western))).toEqual({
      title: 'Müller – café',
      caption: '长城',
      keywords: ['été'],
    });
  });

  it('loses a text that is not the UTF-8 it claims, and half a character at the end', async () => {
    const wrong = iim(IS_UTF8, [2, 5, latin1('M\xfcller')], [2, 120, Buffer.from('长城').subarray(0, 4)]);
    expect(await textsOf(withIptc(await jpeg(), wrong))).toEqual({ ...NOTHING, caption: '长' });
  });

  it.each([
    ['junk', Buffer.alloc(3_000, 0x1c)],
    ['cut off', iim([2, 5, 'Title']).subarray(0, -3)],
    ['empty', Buffer.alloc(0)],
  ])('that is %s says nothing', async (_name, damaged) => {
    expect(await textsOf(withIptc(await jpeg(), damaged))).toEqual(NOTHING);
  });
});

describe('XMP, IPTC and EXIF', () => {
  it('XMP goes first, field by field', async () => {
    const bytes = withIptc(
      await jpeg(xmp(title('XMP')), 'EXIF'),
      iim([2, 5, 'IPTC'], [2, 120, 'Caption of IPTC'], [2, 25, 'word']),
    );
    expect(await textsOf(bytes)).toEqual({ title: 'XMP', caption: 'Caption of IPTC', keywords: ['word'] });
  });

  it('EXIF’s description is a caption where there is no other', async () => {
    expect(await textsOf(await jpeg(undefined, 'At sea'))).toEqual({ ...NOTHING, caption: 'At sea' });
    // sharp writes EXIF in ASCII only; cameras and phones do not.
    const chinese = Buffer.from(
      (await jpeg(undefined, 'Strasse abcdef'))
        .toString('latin1')
        .replace('abcdef', Buffer.from('长城').toString('latin1')),
      'latin1',
    );
    expect(await textsOf(chinese)).toEqual({ ...NOTHING, caption: 'Strasse 长城' });
    expect(await textsOf(await jpeg(xmp(caption('SONY DSC')), 'At sea'))).toEqual({ ...NOTHING, caption: 'At sea' });
  });

  it.each(['OLYMPUS DIGITAL CAMERA         ', 'SONY DSC', '  '])('a camera’s "%s" is none', async (description) => {
    expect(await textsOf(await jpeg(undefined, description))).toEqual(NOTHING);
  });

  it('nothing said is nothing', async () => {
    expect(await textsOf(PLAIN)).toEqual(NOTHING);
  });
});

it('describes by the header, and refuses what decoding would', async () => {
  const whole = await sharp(await picture(1, 300))
    .withXmp(xmp(title('Sea')))
    .jpeg()
    .toBuffer();
  const pictures = open();
  expect(await pictures.describe(whole.subarray(0, -200))).toEqual({ ...NOTHING, title: 'Sea' });
  await expect(pictures.decode(whole.subarray(0, -200))).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' });
  await expect(pictures.describe(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  await expect(pictures.describe(whole.subarray(0, 10))).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' });
  const large = await sharp({ create: { width: 2_000, height: 1_000, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await expect(pictures.describe(large)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
});
