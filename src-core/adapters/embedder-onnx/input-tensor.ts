import type { Tensor } from 'onnxruntime-node';
import type { ModelManifest } from '../../domain/model-manifest.ts';
import { ort } from './runtime.ts';

type Input = ModelManifest['input'];

/** Shape of the tensor of `count` pictures. */
export const pictureShape = <N>({ layout, size }: Input, count: N): (N | number)[] =>
  layout === 'uint8-nhwc' ? [count, size, size, 3] : [count, 3, size, size];

export const pictureType = ({ layout }: Input) => (layout === 'uint8-nhwc' ? 'uint8' : 'float32');

/** Makes what the model takes of uint8 [count, size, size, 3]. */
export function createInputTensor(input: Input): (pixels: Uint8Array, count: number) => Tensor {
  if (input.layout === 'uint8-nhwc') {
    return (pixels, count) => new ort.Tensor('uint8', pixels, pictureShape(input, count));
  }
  const planes = input.mean.map((mean, channel) => {
    const std = input.std[channel]!;
    return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
  });
  const area = input.size * input.size;
  return (pixels, count) => {
    const values = new Float32Array(count * 3 * area);
    for (let picture = 0; picture < count; picture++) {
      for (const [channel, plane] of planes.entries()) {
        const to = (picture * 3 + channel) * area;
        let from = picture * 3 * area + channel;
        for (let i = 0; i < area; i++, from += 3) values[to + i] = plane[pixels[from]!]!;
      }
    }
    return new ort.Tensor('float32', values, pictureShape(input, count));
  };
}
