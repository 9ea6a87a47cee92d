import { describe, expect, it } from 'vitest';
import {
  inverseFrequency,
  parseWords,
  recordWords,
  termWeight,
  weightOf,
  type Worded,
  wordWeights,
} from '../../../src-core/domain/words.ts';

const worded = (changes: Partial<Worded>): Worded => ({
  canonicalName: '/home/user/pictures/2024/summer/x.jpg',
  fileName: 'x.jpg',
  title: null,
  caption: null,
  keywords: [],
  ...changes,
});

describe('parseWords', () => {
  it.each([
    ['IMG_0042-blue.jpg', ['img', '0042', 'blue', 'jpg']],
    ['Crème BRÛLÉE', ['creme', 'brulee']],
    ['Straße, Łódź, İstanbul, ıŞIK, Ærø, Þór', ['strasse', 'lodz', 'istanbul', 'isik', 'aero', 'thor']],
    ['ΣΊΣΥΦΟΣ Ёлка', ['σισυφοσ', 'елка']],
    ['סֵפֶר كِتَاب', ['ספר', 'كتاب']],
    ['हिन्दी', ['हिन्दी']],
    ['ﬁne ＡＢＣ １２ Ⅷ', ['fine', 'abc', '12', 'viii']],
    ['红色运动鞋', ['红色', '色运', '运动', '动鞋']],
    ['鞋', ['鞋']],
    ['東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
    ['が ｶﾞ', ['が', 'ガ']],
    ['운동화', ['운동', '동화']],
    ['𠮷野家', ['𠮷野', '野家']],
    ['iphone鞋12', ['iphone', '鞋', '12']],
    ['รองเท้าสีแดง', ['รองเท้า', 'สี', 'แดง']],
    ['a b a', ['b', 'a']],
    ["don't: x+y", ['don', 't', 'x', 'y']],
    ['naïve_café42', ['naive', 'cafe42']],
  ])('%s', (text, words) => {
    expect(parseWords(text).words).toEqual(words);
  });

  it('lets the last word go on, unless it is one letter or a pair of characters', () => {
    expect(['red sho', 'red s', '红色', 'shoes 鞋'].map((text) => parseWords(text).lastMayGoOn)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('takes the first 32 words, and at most 64 characters of each', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `w${i}`).join(' ');
    expect(parseWords(many).words).toEqual(Array.from({ length: 32 }, (_, i) => `w${i}`));
    expect(parseWords('x'.repeat(10_000)).words).toEqual(['x'.repeat(64)]);
    expect(parseWords('é'.repeat(10_000)).words).toEqual(['e'.repeat(64)]);
    expect(parseWords('鞋'.repeat(10_000)).words).toEqual(['鞋鞋']);
    expect(parseWords(`${'y'.repeat(63)}𝒵𐐀𐐀`).words[0]).toSatisfy((word: string) => word.isWellFormed());
  });

  it.each(['', ' ', '*', '"', '—', '🔥', '\u0301', '\u0000'])('refuses %j', (text) => {
    expect(() => parseWords(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('recordWords', () => {
  it('are those of the fields, by what the fields do, and of the two nearest folders', () => {
    expect(
      recordWords(
        worded({
          productId: 'SKU-0042',
          name: 'Red shoe',
          title: 'Shoe',
          keywords: ['été'],
          fileName: 'DSC00017.jpg',
          caption: 'on a chair',
          description: 'nice',
        }),
      ),
    ).toEqual({
      naming: ['sku', '0042', '42', 'red', 'shoe', 'shoe'],
      tagging: ['ete', 'dsc00017', 'dsc', '17', 'jpg'],
      mentioning: ['on', 'a', 'chair', 'nice', '2024', 'summer'],
    });
    expect(recordWords(worded({ canonicalName: 'C:/x.jpg' })).mentioning).toEqual(['c']);
  });

  it('have single characters and pairs of Chinese, Japanese and Korean', () => {
    expect(recordWords(worded({ name: '高跟鞋' })).naming).toEqual(['高', '高跟', '跟', '跟鞋', '鞋']);
  });

  it('are at most 1,000, the first ones', () => {
    const long = Array.from({ length: 3_000 }, (_, i) => `w${i}`).join(' ');
    const { naming, tagging, mentioning } = recordWords(worded({ name: 'first', description: long }));
    expect([...naming, ...tagging, ...mentioning]).toHaveLength(1_000);
    expect(mentioning[0]).toBe('w0');
  });

  it('and weights know the same words', () => {
    const record = worded({ name: 'Crème 高跟鞋 x', productId: 'A0042', description: 'a b '.repeat(2_000) });
    const { naming, tagging, mentioning } = recordWords(record);
    expect([...wordWeights(record).keys()].toSorted()).toEqual(
      [...new Set([...naming, ...tagging, ...mentioning])].toSorted(),
    );
  });
});

describe('weights', () => {
  it('are BM25’s', () => {
    // One word of a text as long as is usual: k1 + 1 over 1 + k1.
    expect(termWeight(1, 12)).toBeCloseTo(1, 6);
    expect(termWeight(4, 12)).toBeCloseTo((4 * 2.2) / (4 + 1.2), 6);
    expect(inverseFrequency(0, 0)).toBeCloseTo(Math.log(2), 6);
    expect(inverseFrequency(1_000, 1_000)).toBeGreaterThan(0);
    expect(inverseFrequency(1, 1_000)).toBeCloseTo(Math.log(1 + 999.5 / 1.5), 6);
  });

  it('count a word by its field, and as often as it is there', () => {
    const weights = wordWeights(worded({ name: 'shoe', description: 'blue blue lace' }));
    expect(weights.get('shoe')).toBeCloseTo(termWeight(4, 8), 6);
    expect(weights.get('blue')).toBeCloseTo(termWeight(2, 8), 6);
    expect(weights.get('lace')).toBeCloseTo(termWeight(1, 8), 6);
  });

  it('of the beginning of a word are half of that word’s, and the whole word counts more', () => {
    const weights = new Map([
      ['shoe', 1],
      ['shoes', 1.8],
    ]);
    expect(weightOf('sho', weights, true)).toBeCloseTo(0.9, 6);
    expect(weightOf('shoe', weights, true)).toBe(1);
    expect(weightOf('sho', weights, false)).toBe(0);
  });
});
