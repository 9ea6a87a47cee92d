import { describe, expect, it } from 'vitest';
import { createSlots } from '../../../src-renderer/lib/slots.ts';
import {
  daysOf,
  filterTextsOf,
  pictureFilter,
  restrictionsOf,
  yearOf,
} from '../../../src-renderer/lib/picture-filter.ts';
import { isWholePath } from '../../../src-renderer/lib/path-names.ts';
import { placeholderUrl } from '../../../src-renderer/lib/placeholder.ts';
import { parseSearch, stringifySearch } from '../../../src-renderer/lib/search-params.ts';
import { pictureAfter } from '../../../src-renderer/ui/picture-grid/grid-keys.ts';
import { requestOf } from '../../../src-renderer/features/search/request.ts';
import { searchSearch } from '../../../src-renderer/features/search/search.ts';
import { parseFilter } from '../../../src-core/domain/parse-filter.ts';
import { z } from 'zod';

const ID = '00241de4-23c2-5609-8f95-7547145a419a';
const OTHER = '10241de4-23c2-5609-8f95-7547145a419a';

describe('slots', () => {
  it('runs so many at once, and who asked last first', () => {
    const slots = createSlots(2);
    const started: string[] = [];
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => slots.take(() => started.push(name)));
    expect(started).toEqual(['a', 'b']);
    a!();
    expect(started).toEqual(['a', 'b', 'd']);
    c!(); // is not wanted any more
    b!();
    b!();
    d!();
    expect(started).toEqual(['a', 'b', 'd']);
    slots.take(() => started.push('e'));
    slots.take(() => started.push('f'));
    slots.take(() => started.push('g'));
    expect(started).toEqual(['a', 'b', 'd', 'e', 'f']);
  });
});

describe('filters of pictures', () => {
  const schema = z.object(pictureFilter);

  it('come back from the address, and are conditions that the API takes', () => {
    const filter = schema.parse(
      parseSearch(
        '?format=png,jpeg&product=P-1&folder=/a/b&from=2024-01-01&to=2024-12-31&width=medium&size=medium&file=missing',
      ),
    );
    expect(schema.parse(parseSearch(stringifySearch(filter)))).toEqual(filter);
    const texts = filterTextsOf(filter);
    expect(texts).toEqual([
      'format=png,jpeg',
      'product_id=P-1',
      'folder=/a/b',
      'captured_at>=2024-01-01',
      'captured_at<=2024-12-31',
      'width>=1024',
      'width<2048',
      'bytes>=100000',
      'bytes<1000000',
      'missing_since=*',
    ]);
    expect(parseFilter(texts)).toHaveLength(texts.length);
    expect(restrictionsOf(filter)).toBe(8);
    expect(filterTextsOf(filter, 'format')).not.toContain('format=png,jpeg');
  });

  it('leave out what is none', () => {
    expect(schema.parse({ format: 'bmp', folder: 'here', from: 'soon', width: '-1', size: 'tiny' })).toEqual({});
  });

  it.each(['a,b', '"', 'say "a,b"', '*', 'a*', ' a ', ' ', ',', '%2C', 'a&b=c#d+e', '"a"', '\n'])(
    'keep the value %j on its way over the address to the API',
    (odd) => {
      const folder = `/photos/${odd}`;
      const filter = { product: [odd, 'P-1', `${odd}${odd}`], keyword: [odd], folder };
      const back = schema.parse(parseSearch(stringifySearch(filter)));
      expect(back).toEqual(filter);
      expect(parseFilter(filterTextsOf(back), (name) => name)).toEqual([
        { field: 'productId', anyOf: filter.product },
        { field: 'keywords', anyOf: [odd] },
        { field: 'canonicalName', prefix: `${folder}/` },
      ]);
    },
  );

  it('leave lists of plain words as they were', () => {
    expect(stringifySearch({ state: ['failed', 'delayed'], folder: '/a/b' })).toBe('?state=failed,delayed&folder=/a/b');
  });

  it.each(['2024', 'before 1990'])('know the year %s by its days', (year) => expect(yearOf(daysOf(year))).toBe(year));

  it('know no year by other days', () => {
    expect(yearOf({ from: '2024-01-02', to: '2024-12-31' })).toBeUndefined();
    expect(yearOf({ from: '2023-01-01', to: '2024-12-31' })).toBeUndefined();
    expect(yearOf({ from: '2024-01-01', to: undefined })).toBeUndefined();
    expect(yearOf({ from: undefined, to: undefined })).toBeUndefined();
  });

  it.each(['/a', 'C:\\a', 'c:/a', '\\\\nas\\a'])('takes the folder %s', (path) => expect(isWholePath(path)).toBe(true));
});

function of(address: string, hasUpload = false) {
  return requestOf(searchSearch.parse(parseSearch(address)), 'c', hasUpload);
}

describe('the query of a search', () => {
  it('asks nothing without a picture or words', () => {
    expect(of('')).toBeNull();
    expect(of(`?unlike=${ID}&format=png`)).toBeNull();
  });

  it('leaves out what needs a picture where there is none', () => {
    expect(of(`?text=chair&unlike=${ID}&min_score=0.5`)).toEqual({
      catalog: 'c',
      limit: 60,
      filter: [],
      text: 'chair',
      like: [],
      unlike: [],
    });
  });

  it('takes the picture of this browser before the stored one', () => {
    expect(of(`?image=${ID}&like=${OTHER}&min_score=0.5`)).toMatchObject({
      image_id: ID,
      like: [OTHER],
      min_score: 0.5,
    });
    expect(of(`?image=${ID}&unlike=${OTHER}`, true)).not.toHaveProperty('image_id');
    expect(of(`?image=${ID}&unlike=${OTHER}`, true)).toMatchObject({ unlike: [OTHER] });
  });
});

describe('keys in a grid of pictures', () => {
  const size = { count: 10, columns: 4, page: 2 };
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 8, 9],
    ['ArrowUp', 2, 2],
    ['ArrowUp', 6, 2],
    ['PageDown', 0, 8],
    ['End', 0, 9],
    ['Home', 7, 0],
  ])('%s leads from %i to %i', (key, from, to) => expect(pictureAfter(key, from, size)).toBe(to));

  it('leads nowhere from other keys, and in an empty grid', () => {
    expect(pictureAfter('x', 0, size)).toBeNull();
    expect(pictureAfter('End', 0, { ...size, count: 0 })).toBeNull();
  });
});

it('draws a placeholder, and none of what is no hash', () => {
  expect(placeholderUrl('3OcRJYB4d3h/iIeHeEh3eIhw+j3A')).toMatch(/^data:image\/png;base64,/);
  expect(placeholderUrl('not base64!')).toBeNull();
});
