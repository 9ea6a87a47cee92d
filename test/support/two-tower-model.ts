import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnnxGraph } from '../../scripts/build-model/onnx-graph.ts';
import type { InstalledModel } from '../../src-core/adapters/embedder-onnx/load-model.ts';
import { type FileSum, manifestOf, type ModelOffer } from '../../src-core/domain/model-offer.ts';

/** Edge of its pictures, and numbers of its vectors. */
export const TOWER_SIZE = 32;
export const TOWER_DIMENSION = 8;

/** Most tokens of a text, the end included. */
export const TOWER_TOKENS = 6;

/** What a word says of the mean colour: red, green, blue, each from −1 to 1. */
const WORDS: Record<string, readonly [number, number, number]> = {
  '<pad>': [0, 0, 0],
  '<end>': [0, 0, 0],
  '<unk>': [0, 0, 0],
  red: [1, -1, -1],
  green: [-1, 1, -1],
  blue: [-1, -1, 1],
  white: [1, 1, 1],
};

const PAD = 0;
const END = 1;

/**
 * A model of two towers in the form of published ones (float32 NCHW, sizes left free, vectors of any length, a tokenizer of
 * the `tokenizers` library): pictures and texts are near by their colours. Files by the paths of a repository.
 */
export function twoTowerFiles(): Record<string, Uint8Array> {
  return {
    'onnx/vision_model.onnx': pictureTower(),
    'onnx/text_model.onnx': textTower(),
    'tokenizer.json': Buffer.from(JSON.stringify(tokenizer())),
  };
}

/** As `resources/models/hub/` has them; the sums are known where they are given. */
export function twoTowerOffer(id = 'two-towers', files: Record<string, Uint8Array> = {}): ModelOffer {
  const file = (path: string) => {
    const content = files[path];
    const sha256 = content ? createHash('sha256').update(content).digest('hex') : null;
    return { path, sha256, bytes: content ? content.length : null };
  };
  const names = { picture: `${id}.onnx`, text: `${id}.text.onnx`, tokenizer: `${id}.tokenizer.json` };
  return {
    title: 'Two towers',
    repository: 'tests/two-towers',
    revision: 'main',
    files: {
      [names.picture]: file('onnx/vision_model.onnx'),
      [names.text]: file('onnx/text_model.onnx'),
      [names.tokenizer]: file('tokenizer.json'),
    },
    manifest: {
      id,
      file: names.picture,
      input: {
        name: 'pixel_values',
        size: TOWER_SIZE,
        layout: 'float32-nchw',
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      output: { name: 'image_embeds', dimension: TOWER_DIMENSION },
      preprocessing: { fit: 'cover', background: '#ffffff' },
      text: {
        file: names.text,
        tokenizer: { file: names.tokenizer },
        input: { name: 'input_ids', tokens: TOWER_TOKENS, pad: PAD, lowercase: true },
        output: { name: 'text_embeds' },
      },
      license: 'MIT',
    },
  };
}

/** Writes the files as they lie in the repository: below `folder`, by their paths. */
export async function writeRepository(folder: string, files = twoTowerFiles()): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
}

/** Writes it as it lies in a data dir: its files beside its manifest. */
export async function installTwoTowers(folder: string): Promise<InstalledModel> {
  await mkdir(folder, { recursive: true });
  const files = twoTowerFiles();
  const offer = twoTowerOffer('two-towers', files);
  const sums = Object.entries(offer.files).map(([name, { sha256, bytes }]) => [name, { sha256, bytes }]);
  for (const [name, { path }] of Object.entries(offer.files)) await writeFile(join(folder, name), files[path]!);
  const manifest = manifestOf(offer, Object.fromEntries(sums) as Record<string, FileSum>);
  await writeFile(join(folder, `${manifest.id}.json`), JSON.stringify(manifest));
  return { manifest, file: join(folder, manifest.file) };
}

function pictureTower(): Uint8Array {
  const graph = createOnnxGraph();
  const pixels = graph.input('pixel_values', 'float32', ['batch', 'channels', 'height', 'width']);
  const colour = graph.node('ReduceMean', [pixels], { axes: [2, 3], keepdims: 0 });
  const widen = new Float32Array(3 * TOWER_DIMENSION);
  for (let channel = 0; channel < 3; channel++) widen[channel * TOWER_DIMENSION + channel] = 3;
  graph.node('MatMul', [colour, graph.floats(widen, [3, TOWER_DIMENSION])], {}, 'image_embeds');
  graph.output('image_embeds', 'float32', ['batch', TOWER_DIMENSION]);
  return graph.encode({});
}

function textTower(): Uint8Array {
  const graph = createOnnxGraph();
  const ids = graph.input('input_ids', 'int64', ['batch', 'tokens']);
  const meanings = Object.values(WORDS).flatMap((rgb) => [...rgb, ...Array<number>(TOWER_DIMENSION - 3).fill(0)]);
  const table = graph.floats(Float32Array.from(meanings), [Object.keys(WORDS).length, TOWER_DIMENSION]);
  const tokens = graph.node('Gather', [table, ids]);
  graph.node('ReduceSum', [tokens, graph.int64s([1])], { keepdims: 0 }, 'text_embeds');
  graph.output('text_embeds', 'float32', ['batch', TOWER_DIMENSION]);
  return graph.encode({});
}

const special = (content: string, id: number) => ({ id, content, special: true, normalized: false });

function tokenizer(): object {
  const sequence = [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<end>', type_id: 0 } }];
  return {
    version: '1.0',
    added_tokens: [special('<pad>', PAD), special('<end>', END)],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: sequence,
      pair: sequence,
      special_tokens: { '<end>': { id: '<end>', ids: [END], tokens: ['<end>'] } },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(Object.keys(WORDS).map((word, id) => [word, id])),
      unk_token: '<unk>',
    },
  };
}
