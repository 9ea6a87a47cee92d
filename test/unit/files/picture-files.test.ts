import { expect, it } from 'vitest';
import { isPictureFile } from '../../../src-core/files/picture-files.ts';

it('takes pictures by extension, those that cannot be decoded too', () => {
  for (const name of ['a.jpg', 'A.JPEG', 'x.y.webp', 'p.heic', 's.svg', 'raw.CR2', 'x.psd', 'x.bmp', '/a.b/c.tiff']) {
    expect([name, isPictureFile(name)]).toEqual([name, true]);
  }
  for (const name of ['a.txt', 'jpg', '.jpg', 'a.jpg.part', 'a.', 'a', 'a.csv', 'a.mp4', '/a.jpg/b']) {
    expect([name, isPictureFile(name)]).toEqual([name, false]);
  }
});
