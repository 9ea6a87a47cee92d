import { describe, expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { machineOf, nameInStore, OWN_NAMES, pictureIdOf, type Naming } from '../../../src-core/domain/naming.ts';
import { parseSharedFolder } from '../../../src-core/domain/path-map.ts';

const CATALOG = '6f1c2f60-0000-4000-8000-000000000000';
const studio: Naming = { machine: 'studio-0a1b2c3d', folders: [parseSharedFolder('/mnt/catalog=/data/catalog')] };
const archive: Naming = { machine: 'archive-99887766', folders: [parseSharedFolder('/mnt/catalog=C:\\Catalog')] };

describe('the name of a picture in a store', () => {
  it('is its own where nobody else writes', () => {
    expect(nameInStore(OWN_NAMES, '/data/1.jpg')).toBe('/data/1.jpg');
    expect(pictureIdOf(CATALOG, OWN_NAMES, '/data/1.jpg')).toBe(imageIdOf(CATALOG, '/data/1.jpg'));
  });

  it('is one for all machines in a shared folder, and says the machine elsewhere', () => {
    expect(nameInStore(studio, '/data/catalog/1.jpg')).toBe('/mnt/catalog/1.jpg');
    expect(nameInStore(archive, 'C:/Catalog/1.jpg')).toBe('/mnt/catalog/1.jpg');
    expect(nameInStore(studio, '/home/1.jpg')).toBe('studio-0a1b2c3d:/home/1.jpg');
    expect(nameInStore(archive, 'C:/home/1.jpg')).toBe('archive-99887766:C:/home/1.jpg');
  });

  it('tells whose path it is', () => {
    expect(machineOf(nameInStore(studio, '/home/1.jpg'))).toBe('studio-0a1b2c3d');
    expect(machineOf(nameInStore(archive, 'C:/home/1.jpg'))).toBe('archive-99887766');
    for (const name of ['/mnt/catalog/1.jpg', 'C:/1.jpg', '//nas/1.jpg', '/a-0a1b2c3d:/1.jpg']) {
      expect(machineOf(name)).toBeNull();
    }
  });
});
