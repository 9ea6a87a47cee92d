import { execFile } from 'node:child_process';
import { chmod, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readSidecar, speaksFor } from '../../../src-core/files/sidecar.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** As Lightroom writes it: no XML declaration, settings as attributes, texts as lists. */
const LIGHTROOM = `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 1.000000">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   xmp:Rating="4"
   dc:format="image/x-canon-cr3"
   crs:Exposure2012="+0.35">
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">Harbour at dawn</rdf:li>
    </rdf:Alt>
   </dc:title>
   <dc:description>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">Two boats &amp; a lighthouse</rdf:li>
    </rdf:Alt>
   </dc:description>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>harbour</rdf:li>
     <rdf:li>Norway</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>places|Norway</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <crs:ToneCurvePV2012>
    <rdf:Seq>
     <rdf:li>0, 0</rdf:li>
     <rdf:li>255, 255</rdf:li>
    </rdf:Seq>
   </crs:ToneCurvePV2012>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;

/** As darktable writes it: an XML declaration, keywords as a sequence, its own history beside them. */
const DARKTABLE = `<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:darktable="http://darktable.sf.net/"
   darktable:xmp_version="5"
   darktable:raw_params="0">
   <dc:subject>
    <rdf:Seq>
     <rdf:li>北京</rdf:li>
     <rdf:li>market</rdf:li>
    </rdf:Seq>
   </dc:subject>
   <darktable:history>
    <rdf:Seq>
     <rdf:li darktable:num="0" darktable:operation="flip" darktable:params="ffffffff"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;

async function sidecar(content: string | Buffer): Promise<string> {
  const path = join(await tempDir(), 'a.xmp');
  await writeFile(path, content);
  return path;
}

describe('reading a sidecar', () => {
  it.each([
    [
      'Lightroom',
      LIGHTROOM,
      { title: 'Harbour at dawn', caption: 'Two boats & a lighthouse', keywords: ['harbour', 'Norway'] },
    ],
    ['darktable', DARKTABLE, { title: null, caption: null, keywords: ['北京', 'market'] }],
  ])('of %s', async (_name, content, texts) => {
    expect(await readSidecar(await sidecar(content))).toEqual(texts);
    expect(await readSidecar(await sidecar(`\ufeff${content.replaceAll('\n', '\r\n')}`))).toEqual(texts);
  });

  it.each(['', 'not XMP', '<html></html>', LIGHTROOM.slice(0, 400)])('refuses what is no XMP', async (content) => {
    const path = await sidecar(content);
    await expect(readSidecar(path)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `${path} is no XMP that can be read`,
    });
  });

  it('refuses a large one before it is read', async () => {
    const path = await sidecar(LIGHTROOM);
    await truncate(path, 50e9);
    const message = expect.stringMatching(/50000000000 bytes/);
    await expect(readSidecar(path)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE', message });
  });

  it('refuses what is no file, and waits for no pipe', async () => {
    const folder = await tempDir();
    const pipe = join(folder, 'pipe.xmp');
    await promisify(execFile)('mkfifo', [pipe]);
    await expect(readSidecar(pipe)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
    await expect(readSidecar(folder)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  });

  it('says that it is gone, or may not be read', async () => {
    const path = await sidecar(LIGHTROOM);
    await expect(readSidecar(`${path}.not`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readSidecar(join(path, 'a.xmp'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await chmod(path, 0);
    await chmod(dirname(path), 0o755);
    const reading = asOrdinaryUser(() => readSidecar(path));
    await expect(reading).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringMatching(/EACCES/) });
  });
});

it.each([
  ['/a/IMG_1.jpg.xmp', '/a/IMG_1.jpg', true],
  ['/a/IMG_1.jpg.xmp', '/a/IMG_1.png', false],
  ['/a/IMG_1.jpg.xmp', '/a/IMG_1.jpg.png', false],
  ['/a/IMG_1.JPG.XMP', '/a/IMG_1.JPG', true],
  ['/a/IMG_1.xmp', '/a/IMG_1.jpg', true],
  ['/a/IMG_1.xmp', '/a/IMG_1.CR3', true],
  ['/a/IMG_1.xmp', '/a/IMG_10.jpg', false],
  ['/a/IMG_1.xmp', '/a/IMG_1.v2.jpg', false],
  ['/a/IMG_1.v2.xmp', '/a/IMG_1.v2.jpg', true],
  ['/a/IMG_1.xmp', '/b/IMG_1.jpg', false],
  ['/a.b/IMG_1.xmp', '/a.b/IMG_1', true],
])('%s speaks for %s: %s', (name, picture, expected) => {
  expect(speaksFor(name, picture)).toBe(expected);
});
