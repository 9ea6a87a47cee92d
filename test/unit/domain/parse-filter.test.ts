import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src-core/domain/parse-filter.ts';
import type { Condition } from '../../../src-core/domain/search.ts';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

const understood: [string, Condition][] = [
  ['product_id=SKU-1', { field: 'productId', anyOf: ['SKU-1'] }],
  ['productId=SKU-1', { field: 'productId', anyOf: ['SKU-1'] }],
  ['product_id!=SKU-1', { field: 'productId', anyOf: ['SKU-1'], not: true }],
  [' file_name = a.jpg, b.jpg ', { field: 'fileName', anyOf: ['a.jpg', 'b.jpg'] }],
  ['product_id="a,b", c', { field: 'productId', anyOf: ['a,b', 'c'] }],
  ['product_id="6"" wide"', { field: 'productId', anyOf: ['6" wide'] }],
  ['product_id="*"', { field: 'productId', anyOf: ['*'] }],
  ['product_id=""', { field: 'productId', anyOf: [''] }],
  ['product_id=6" wide, 3"', { field: 'productId', anyOf: ['6" wide', '3"'] }],
  ['name="Red, "*', { field: 'name', prefix: 'Red, ' }],
  ['name="Red*', { field: 'name', prefix: '"Red' }],
  ['name=Red*', { field: 'name', prefix: 'Red' }],
  ['name!=Red*', { field: 'name', prefix: 'Red', not: true }],
  ['name=a=b', { field: 'name', anyOf: ['a=b'] }],
  ['keywords=shoe', { field: 'keywords', anyOf: ['shoe'] }],
  ['product_id=*', { field: 'productId', exists: true }],
  ['missing_since!=*', { field: 'missingSince', exists: false }],
  ['width>=1000', { field: 'width', range: { gte: 1_000 } }],
  ['width<1e3', { field: 'width', range: { lt: 1_000 } }],
  ['height=100,200', { field: 'height', anyOf: [100, 200] }],
  ['bytes>5MB', { field: 'bytes', range: { gt: 5_000_000 } }],
  ['bytes<=1.5 MiB', { field: 'bytes', range: { lte: 1_572_864 } }],
  ['bytes=512', { field: 'bytes', anyOf: [512] }],
  ['captured_at=2024', { field: 'capturedAt', range: { gte: day('2024-01-01'), lt: day('2025-01-01') } }],
  ['captured_at=2024-12', { field: 'capturedAt', range: { gte: day('2024-12-01'), lt: day('2025-01-01') } }],
  [
    'captured_at!=2024-02-29',
    { field: 'capturedAt', range: { gte: day('2024-02-29'), lt: day('2024-03-01') }, not: true },
  ],
  ['captured_at=2024-05-17T10:30:05Z', { field: 'capturedAt', anyOf: [Date.parse('2024-05-17T10:30:05Z')] }],
  ['captured_at<=2024', { field: 'capturedAt', range: { lt: day('2025-01-01') } }],
  ['captured_at>2024', { field: 'capturedAt', range: { gte: day('2025-01-01') } }],
  ['captured_at<2024-05', { field: 'capturedAt', range: { lt: day('2024-05-01') } }],
  ['mtime>=2024-05-17T10:30', { field: 'mtimeMs', range: { gte: Date.parse('2024-05-17T10:30:00Z') } }],
  ['mtimeMs<2024-05-17 10:30+02:00', { field: 'mtimeMs', range: { lt: Date.parse('2024-05-17T08:30:00Z') } }],
  ['folder=/pictures/shoes', { field: 'canonicalName', prefix: '/pictures/shoes/' }],
  ['folder!=/pictures//shoes/', { field: 'canonicalName', prefix: '/pictures/shoes/', not: true }],
  ['folder=/a,b', { field: 'canonicalName', prefix: '/a,b/' }],
  ['folder="/a "', { field: 'canonicalName', prefix: '/a /' }],
  ['folder=/', { field: 'canonicalName', prefix: '/' }],
  ['metadata.colour=red', { field: 'metadata.colour', anyOf: ['red'] }],
  ['metadata.size=42', { field: 'metadata.size', anyOf: ['42', 42] }],
  ['metadata.sold=true', { field: 'metadata.sold', anyOf: ['true', true] }],
  ['metadata.Price EUR>9.5', { field: 'metadata.Price EUR', range: { gt: 9.5 } }],
  ['metadata.code=AB*', { field: 'metadata.code', prefix: 'AB' }],
];

const refused: [string, RegExp][] = [
  ['', /field=value/],
  ['width', /“width”: write it as field=value/],
  ['width=', /field=value/],
  ['=5', /field=value/],
  ['colour=red', /no field “colour”.*product_id.*folder and metadata\.KEY/],
  ['product=1', /no field “product”/],
  ['toString=1', /no field “toString”/],
  ['metadata.=1', /no field “metadata\.”/],
  ['width=wide', /“wide” is not a number/],
  ['width=1,', /“” is not a number/],
  ['width=10*', /“10\*” is not a number/],
  ['bytes>5 elephants', /5MB/],
  ['bytes>5.5.5', /5MB/],
  ['name>M', /> needs a field that holds numbers/],
  ['captured_at=yesterday', /2024-05-17/],
  ['captured_at=2024-02-30', /2024-05-17/],
  ['captured_at=2024-05-17T25:00', /2024-05-17/],
  ['captured_at=2024-13', /2024-05-17/],
  ['folder=shoes', /absolute path/],
  ['folder>/a', /folder takes = or !=/],
];

describe('parseFilter', () => {
  test.each(understood)('%s', (expression, condition) => {
    expect(parseFilter([expression])).toEqual([condition]);
  });

  test.each(refused)('refuses “%s”', (expression, message) => {
    expect(() => parseFilter([expression])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => parseFilter([expression])).toThrow(message);
  });

  test('all conditions are taken, in order', () => {
    expect(parseFilter([])).toEqual([]);
    expect(parseFilter(['width>1', 'width<9']).map((one) => one.field)).toEqual(['width', 'width']);
  });
});
