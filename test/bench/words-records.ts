import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { randomFrom } from '../support/random.ts';
import { plainRecord } from './search-records.ts';

/** Words that are put into this share of the records, one after another into keywords, name and description. */
const PLANTED: [word: string, share: number][] = [
  ['quagga', 0.0001],
  ['okapi', 0.005],
  ['tapir', 0.02],
  ['lemur', 0.15],
  ['indri', 0.15],
];
const CHINESE = ['高跟鞋', '红色运动鞋', '女鞋', '东京塔', '猫的照片', '蓝色连衣裙'];
const VOCABULARY = Array.from({ length: 50_000 }, (_, n) => wordAt(n));
export const COMMONEST = VOCABULARY[0]!;
/** In about 1.7 %. */
export const COMMON = VOCABULARY[60]!;
const CUMULATED = new Float64Array(VOCABULARY.length);
VOCABULARY.forEach((_, n) => (CUMULATED[n] = (CUMULATED[n - 1] ?? 0) + 1 / (n + 10)));

/** Two to four syllables; no two alike. */
function wordAt(n: number): string {
  let word = '';
  for (let rest = n + 70; rest > 0; rest = Math.floor(rest / 70)) {
    word += 'bdfgklmnprstvz'[rest % 14]! + 'aeiou'[Math.floor(rest / 14) % 5]!;
  }
  return word;
}

/**
 * The nth of a catalog, always the same: about twelve words by Zipf's law and a name, a file `IMG_<n>.jpg`, a product
 * id in every third, Chinese in every tenth.
 */
export function recordAt(catalogId: string, n: number): ImageRecord {
  const { uniform, below } = randomFrom(n + 1);
  const zipf = (): string => VOCABULARY[placeOf(uniform() * CUMULATED.at(-1)!)]!;
  const words = (count: number): string[] => Array.from({ length: count }, zipf);
  const texts = { keywords: words(2), name: words(3), description: words(6) };
  for (const [word, share] of PLANTED) {
    if (uniform() < share) texts[(['keywords', 'name', 'description'] as const)[below(3)]!].push(word);
  }
  if (n % 10 === 0) texts.name.push(CHINESE[below(CHINESE.length)]!);
  const fileName = `IMG_${String(n).padStart(7, '0')}.jpg`;
  return {
    ...plainRecord({ id: catalogId, model: 'bench' }, n, `/pictures/${zipf()}`, fileName),
    ...(n % 3 === 0 && { productId: `SKU-${String(n).padStart(7, '0')}` }),
    name: texts.name.join(' '),
    description: texts.description.join(' '),
    keywords: texts.keywords,
    importId: `import-${n % 10}`,
  };
}

function placeOf(sum: number): number {
  let [low, high] = [0, CUMULATED.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (CUMULATED[middle]! < sum) low = middle + 1;
    else high = middle;
  }
  return low;
}
