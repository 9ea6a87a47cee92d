import { describe, expect, it } from 'vitest';
import {
  canonicalNameOf,
  isAbsolutePath,
  parseSharedFolder,
  placeOf,
  sharedNameOf,
} from '../../../src-core/domain/path-map.ts';

const folders = (...texts: string[]) => texts.map(parseSharedFolder);

describe('parseSharedFolder', () => {
  it.each([
    ['/mnt/catalog=/data/catalog', { shared: '/mnt/catalog', here: '/data/catalog' }],
    ['/mnt/catalog/=C:\\Catalog', { shared: '/mnt/catalog', here: 'C:\\Catalog' }],
    ['z:\\catalog=/mnt/z', { shared: 'Z:/catalog', here: '/mnt/z' }],
    ['\\\\nas\\pictures=/mnt/nas', { shared: '//nas/pictures', here: '/mnt/nas' }],
    ['/mnt/a=/data/a=b', { shared: '/mnt/a', here: '/data/a=b' }],
  ])('reads %s', (text, expected) => expect(parseSharedFolder(text)).toEqual(expected));

  it.each(['', '=', '/a', '/a=', '=/b', 'a=/b', '/a=b', 'C:a=/b'])('refuses "%s" and shows it', (text) => {
    expect(() => parseSharedFolder(text)).toThrow(expect.objectContaining({ code: 'INVALID_SETTINGS' }));
    expect(() => parseSharedFolder(text)).toThrow(`"${text}"`);
  });
});

describe('a shared folder', () => {
  it.each([
    ['/mnt/catalog=/data/catalog', '/mnt/catalog/a/1.jpg', '/data/catalog/a/1.jpg'],
    ['/mnt/catalog=C:\\Catalog', '/mnt/catalog/a/1.jpg', 'C:\\Catalog\\a\\1.jpg'],
    ['/mnt/catalog=C:/Catalog/', '/mnt/catalog/a/1.jpg', 'C:/Catalog/a/1.jpg'],
    ['Z:\\catalog=/mnt/z', 'Z:/catalog/a/1.jpg', '/mnt/z/a/1.jpg'],
    ['//nas/pictures=/mnt/nas', '//nas/pictures/1.jpg', '/mnt/nas/1.jpg'],
    ['/mnt/catalog=/', '/mnt/catalog/1.jpg', '/1.jpg'],
    ['/=/data', '/a/1.jpg', '/data/a/1.jpg'],
  ])('%s leads there and back', (text, name, place) => {
    expect(placeOf(name, folders(text))).toBe(place);
    expect(sharedNameOf(canonicalNameOf(place), folders(text))).toBe(name);
  });

  it('covers nothing beside it', () => {
    const map = folders('/mnt/catalog=/data/catalog');
    for (const name of ['/mnt/catalogue/1.jpg', '/mnt', '/other/1.jpg']) expect(placeOf(name, map)).toBeNull();
    for (const name of ['/data/catalogue/1.jpg', '/data', '/mnt/catalog/1.jpg'])
      expect(sharedNameOf(name, map)).toBeNull();
  });

  it('gives way to one inside it', () => {
    const map = folders('/mnt=/data', '/mnt/fast=/ssd');
    expect(placeOf('/mnt/fast/1.jpg', map)).toBe('/ssd/1.jpg');
    expect(placeOf('/mnt/slow/1.jpg', map)).toBe('/data/slow/1.jpg');
    expect(sharedNameOf('/ssd/1.jpg', map)).toBe('/mnt/fast/1.jpg');
  });

  it('keeps the spelling of the file: a name is NFC, the file may not be', () => {
    const spelled = '/data/catalog/Mu\u0308nchen/e\u0301.jpg';
    const name = canonicalNameOf('/mnt/catalog/Mu\u0308nchen/e\u0301.jpg');
    expect(name).toBe('/mnt/catalog/M\u00fcnchen/\u00e9.jpg');
    expect(placeOf(name, folders('/mnt/catalog=/there'), spelled)).toBe('/there/Mu\u0308nchen/e\u0301.jpg');
    expect(placeOf(name, folders('/mnt/catalog=/there'), 'D:\\Mu\u0308nchen\\e\u0301.jpg')).toBe(
      '/there/Mu\u0308nchen/e\u0301.jpg',
    );
    expect(placeOf(name, folders('/mnt/catalog=/there'), '/quite/another')).toBe('/there/M\u00fcnchen/\u00e9.jpg');
  });
});

it('knows absolute paths of both systems', () => {
  expect(['/', '/a', 'C:\\a', 'c:/a', '\\\\nas\\a', '//nas/a'].map(isAbsolutePath)).not.toContain(false);
  expect(['', 'a', './a', 'C:', 'C:a', '\\a'].map(isAbsolutePath)).not.toContain(true);
});
