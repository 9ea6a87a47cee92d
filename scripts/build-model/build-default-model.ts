import { readFile } from 'node:fs/promises';
import { convertNodes } from './convert-mobilenet.ts';
import { createOnnxGraph } from './onnx-graph.ts';
import type { TfjsModel } from './tfjs-model.ts';

const SIZE = 160;
const CHANNELS = 816;
const DIMENSION = 256;

const SCOPE =
  'StatefulPartitionedCall/sequential/keras_layer/' +
  'StatefulPartitionedCall/StatefulPartitionedCall/StatefulPartitionedCall/predict';

/**
 * The default model: pictures as uint8 [N, 160, 160, 3] → float32 [N, 256] of unit length. MobileNetV2 up to the layer
 * whose mean over space told pictures apart best, then square root (a few strong channels do not outshout the rest),
 * centring and half-whitening by PCA, whose matrix was learnt once and is kept in `projection-816x256.f32`.
 */
export async function buildDefaultModel(mobilenet: TfjsModel): Promise<Uint8Array> {
  const graph = createOnnxGraph();

  // The network was trained on [-1, 1].
  const picture = graph.input('image', 'uint8', ['N', SIZE, SIZE, 3]);
  const floats = graph.node('Cast', [picture], { to: 1 });
  const channelsFirst = graph.node('Transpose', [floats], { perm: [0, 3, 1, 2] });
  const stretched = graph.node('Mul', [channelsFirst, graph.scalar(1 / 127.5)]);
  const input = graph.node('Add', [stretched, graph.scalar(-1)]);

  const from = `${SCOPE}/hub_input/Sub`;
  const layer = convertNodes(graph, mobilenet, from, input, `${SCOPE}/MobilenetV2/expanded_conv_13/expand/Relu6`);
  const mean = graph.node('ReduceMean', [layer], { axes: [2, 3], keepdims: 0 }, 'e13.gap');

  const epsilon = graph.scalar(1e-12);
  const normalised = (value: string): string => {
    const length = graph.node('ReduceL2', [value], { axes: [1], keepdims: 1 });
    return graph.node('Div', [value, graph.node('Max', [length, epsilon])]);
  };
  const { centre, matrix } = await readProjection();
  const rooted = normalised(graph.node('Sqrt', [mean]));
  const centred = graph.node('Sub', [rooted, graph.floats(centre, [1, CHANNELS])]);
  const projected = graph.node('MatMul', [centred, graph.floats(matrix, [CHANNELS, DIMENSION])]);
  graph.node('Identity', [normalised(projected)], {}, 'embedding');
  graph.output('embedding', 'float32', ['N', DIMENSION]);

  return graph.encode({
    source: 'nsfwjs@4.4.0 mobilenet_v2_mid (TF-Hub mobilenet_v2_140_224) tap expanded_conv_13/expand/Relu6',
    license: 'MIT',
  });
}

/** Float32, little-endian: the mean (816), then the matrix (816 × 256, row by row). */
async function readProjection(): Promise<{ centre: Float32Array; matrix: Float32Array }> {
  const file = await readFile(new URL('projection-816x256.f32', import.meta.url));
  const floats = new Float32Array(file.buffer, file.byteOffset, file.length / Float32Array.BYTES_PER_ELEMENT);
  return { centre: floats.slice(0, CHANNELS), matrix: floats.slice(CHANNELS) };
}
