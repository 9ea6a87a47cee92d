import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName, imageIdOf, uuidV5 } from '../../../src-core/domain/identity.ts';

describe('uuidV5', () => {
  it('gives the answers of RFC 9562 (appendix A.4) and of Python’s uuid module', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidV5(dns, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
  });

  it('refuses a namespace that is not a UUID', () => {
    expect(() => uuidV5('nonsense', 'x')).toThrow(RangeError);
  });
});

describe('canonicalName', () => {
  it.each([
    ['/a/b.jpg', '/a/b.jpg'],
    ['/a//b/./c/../d.jpg', '/a/b/d.jpg'],
    ['/../x', '/x'],
    ['/back\\slash.jpg', '/back\\slash.jpg'],
    ['/cafe\u0301.jpg', '/caf\u00e9.jpg'],
  ])('%s on POSIX is %s', (path, name) => {
    expect(canonicalName(path, 'linux')).toBe(name);
  });

  it.each([
    ['c:\\Pictures\\a.jpg', 'C:/Pictures/a.jpg'],
    ['C:/Pictures/sub/../a.jpg', 'C:/Pictures/a.jpg'],
    ['\\\\nas\\share\\a.jpg', '//nas/share/a.jpg'],
  ])('%s on Windows is %s', (path, name) => {
    expect(canonicalName(path, 'win32')).toBe(name);
  });

  it('is stable: a canonical name is its own canonical name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = canonicalName(`/${text}`, 'linux');
        expect(canonicalName(name, 'linux')).toBe(name);
      }),
    );
  });

  it('gives one picture one id, however its path is spelt, and another in another catalog', () => {
    const catalog = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    const other = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
    const id = imageIdOf(catalog, canonicalName('/a/./cafe\u0301.jpg', 'linux'));
    expect(imageIdOf(catalog, canonicalName('/a/caf\u00e9.jpg', 'linux'))).toBe(id);
    expect(imageIdOf(other, canonicalName('/a/caf\u00e9.jpg', 'linux'))).not.toBe(id);
  });
});
