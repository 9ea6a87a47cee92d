import { describe, expect, it } from 'vitest';
import { MAX_XMP_BYTES, parseXmp } from '../../../src-core/files/xmp.ts';
import { caption, keywords, title, xmp } from '../../support/xmp.ts';

const parse = (text: string) => parseXmp(Buffer.from(text));
const NOTHING = { title: null, caption: null, keywords: [] };

describe('an XMP packet', () => {
  it('says title, caption and keywords, in any script', () => {
    const packet = xmp(
      title('中国长城 &amp; Straße') + caption('Ein Bild.\nZwei Zeilen &#x1F600;') + keywords('长城', 'été'),
    );
    expect(parse(packet)).toEqual({
      title: '中国长城 & Straße',
      caption: 'Ein Bild.\nZwei Zeilen 😀',
      keywords: ['长城', 'été'],
    });
  });

  it('says the default language first', () => {
    const items = '<rdf:li xml:lang="de">Haus</rdf:li><rdf:li xml:lang="x-default">House</rdf:li>';
    expect(parse(xmp(`<dc:title><rdf:Alt>${items}</rdf:Alt></dc:title>`))?.title).toBe('House');
    const empty = '<rdf:li xml:lang="x-default"> </rdf:li><rdf:li xml:lang="de">Haus</rdf:li>';
    expect(parse(xmp(`<dc:title><rdf:Alt>${empty}</rdf:Alt></dc:title>`))?.title).toBe('Haus');
  });

  it.each([
    ['a bag', keywords('sea', 'sky'), ''],
    ['a sequence', keywords('sea', 'sky').replaceAll('rdf:Bag', 'rdf:Seq'), ''],
    ['repeated elements', '<dc:subject>sea</dc:subject><dc:subject>sky</dc:subject>', ''],
    ['an attribute and an element', '<dc:subject>sky</dc:subject>', 'dc:subject="sea"'],
    ['CDATA', keywords('<![CDATA[sea]]>', 'sky'), ''],
    [
      'paths, where there are no words',
      keywords('World|sea', 'sky').replaceAll('dc:subject', 'lr:hierarchicalSubject'),
      '',
    ],
    [
      'words, where there are paths too',
      keywords('a|b').replaceAll('dc:subject', 'lr:hierarchicalSubject') + keywords('sea', 'sky'),
      '',
    ],
  ])('has its keywords in %s', (_name, elements, attributes) => {
    expect(parse(xmp(elements, attributes))?.keywords).toEqual(['sea', 'sky']);
  });

  it('may have its title in attributes, and a headline for one', () => {
    expect(parse(xmp('', 'dc:title="Attribute" photoshop:Headline="News"'))?.title).toBe('Attribute');
    expect(parse(xmp('', 'photoshop:Headline="News"'))?.title).toBe('News');
  });

  it('is read by its namespaces, whatever their prefixes and however many descriptions', () => {
    const other = xmp(title('Two'), 'xmlns:z="urn:z" z:title="z"')
      .replaceAll('dc:', 'q:')
      .replace('xmlns:dc', 'xmlns:q');
    expect(parse(other)?.title).toBe('Two');
    expect(parse(xmp('<z:title xmlns:z="urn:z">no</z:title>'))).toEqual(NOTHING);
    const twice = xmp(`${title('One')}</rdf:Description><rdf:Description>${keywords('a')}`);
    expect(parse(twice)).toEqual({ title: 'One', caption: null, keywords: ['a'] });
  });

  it('has bounds: long texts are cut, empty and repeated words dropped', () => {
    const many = Array.from({ length: 600 }, (_, n) => `k${n}`);
    const long = parse(xmp(title('t'.repeat(3_000)) + caption(`${'c'.repeat(19_999)}😀`) + keywords(...many)));
    expect(long?.title).toHaveLength(2_000);
    expect(long?.caption).toBe('c'.repeat(19_999));
    expect(long?.keywords).toHaveLength(500);
    const words = parse(
      xmp(keywords(' sea ', '', '  ', 'sea', 'big\n  sky', 'x'.repeat(300), 'cafe\u0301', 'caf\u00e9')),
    );
    expect(words?.keywords).toEqual(['sea', 'big sky', 'x'.repeat(200), 'café']);
  });

  it.each(['OLYMPUS DIGITAL CAMERA', 'SONY DSC', 'DCIM\\100MEDIA\\DJI_0042.JPG', '&lt;Digimax S500&gt;', 'oznorWO'])(
    'does not take a camera’s "%s" for a caption',
    (text) => expect(parse(xmp(caption(text)))?.caption).toBeNull(),
  );

  it('keeps what a person wrote about a camera', () => {
    expect(parse(xmp(caption('My Sony digital camera')))?.caption).toBe('My Sony digital camera');
  });

  it('may be UTF-16, and stand in zeros', () => {
    const text = xmp(title('长城'));
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(parseXmp(little)?.title).toBe('长城');
    expect(parseXmp(Buffer.from(little).swap16())?.title).toBe('长城');
    expect(parse(`junk\0${text}\0\0\0`)?.title).toBe('长城');
  });
});

describe('an XMP packet that means no good', () => {
  it('loses the texts whose bytes are no characters, and keeps the others', () => {
    const packet = Buffer.from(xmp(title('M\u00fcller') + caption('Sea')), 'latin1');
    expect(parseXmp(packet)).toEqual({ ...NOTHING, caption: 'Sea' });
    const cut = Buffer.from(xmp(title('长X')).replace('X', '\u0001')).map((byte) => (byte === 1 ? 0xe9 : byte));
    expect(parseXmp(cut)?.title).toBe('长');
  });

  it('loses control characters', () => {
    expect(parse(xmp(title('a\u0001b\u007fc\u0085d')))?.title?.replaceAll(' ', '')).toBe('abcd');
  });

  const bomb =
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' +
    Array.from({ length: 20 }, (_, n) => `<!ENTITY a${n} "${`&a${n || ''};`.repeat(10)}">`).join('') +
    ']>';
  it.each([
    ['an entity bomb', bomb + xmp(title('&a19;'))],
    ['an external entity', `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>${xmp(title('&f;'))}`],
    ['an unknown entity', xmp(title('&f;'))],
    ['a tag that does not close', xmp('<dc:title>')],
    ['half a packet', xmp(title('Sea')).slice(0, -150)],
    ['other XML', '<svg xmlns="http://www.w3.org/2000/svg"><title>Sea</title></svg>'],
    ['no XML', 'Sea'],
    ['nothing', ''],
    ['10 MB of it', xmp(title('Sea')) + ' '.repeat(10e6)],
    ['10 MB of junk', '<x a="&\u0001'.repeat(1e6)],
    ['more elements than anybody needs', xmp(keywords(...Array.from({ length: 60_000 }, () => 'a')))],
    ['namespaces within each other', xmp(Array.from({ length: 20_000 }, (_, n) => `<a xmlns:n${n}="n">`).join(''))],
    ['elements within each other', xmp('<a>'.repeat(200_000) + '</a>'.repeat(200_000))],
  ])('says nothing: %s', (_name, text) => {
    expect(parse(text)).toBeNull();
  });

  it('is read where it is as deep and as large as may be', () => {
    const deep = xmp(title('Sea') + '<a>'.repeat(20_000) + '</a>'.repeat(20_000));
    expect(parse(deep)?.title).toBe('Sea');
    const packet = xmp(title('Sea'));
    expect(parse(packet.padEnd(MAX_XMP_BYTES - 10))?.title).toBe('Sea');
  });
});
