import type { OnnxGraph } from './onnx-graph.ts';
import { toFloats, type TfjsModel, type TfNode, type Weight } from './tfjs-model.ts';

/**
 * Adds the nodes of `model` that lead from `from` (whose value is `input`) to `to`, and answers the name of its value.
 * TensorFlow keeps channels last, ONNX first; batch normalisation is already folded into the convolutions. A weight
 * stays uint8 in the file and is scaled when the model is loaded: a quarter of the size, 2.5e-4 off at most.
 */
export function convertNodes(graph: OnnxGraph, model: TfjsModel, from: string, input: string, to: string): string {
  const values = new Map([[from, input]]);
  let bounds: [zero: string, six: string] | undefined;

  function valueOf(name: string): string {
    const known = values.get(name);
    if (known !== undefined) return known;
    const node = required(model.nodes, name);
    const value = convert(node);
    values.set(name, value);
    return value;
  }

  function convert(node: TfNode): string {
    switch (node.op) {
      case 'AddV2':
        return graph.node('Add', node.input.map(valueOf));
      case '_FusedConv2D':
        return convolution(node, false);
      case 'FusedDepthwiseConv2dNative':
        return convolution(node, true);
      default:
        throw new Error(`${node.name} is a ${node.op}, which this converter does not know`);
    }
  }

  function convolution({ name, input: inputs, attr }: TfNode, depthwise: boolean): string {
    const [picture = '', kernelName = '', biasName = ''] = inputs;
    const operations = attr.fused_ops?.list.s.join() ?? '';
    if (!/^BiasAdd(,Relu6)?$/.test(operations)) throw new Error(`${name} fuses ${operations}, which is not known`);
    const value = valueOf(picture);
    const weight = required(model.weights, kernelName);
    const kernel = scaled(weight, depthwise);
    const bias = required(model.weights, biasName);
    const [height = 0, width = 0, channels = 0] = weight.shape;
    const result = graph.node('Conv', [value, kernel, graph.floats(toFloats(bias), bias.shape)], {
      kernel_shape: [height, width],
      strides: spatial(attr.strides),
      dilations: spatial(attr.dilations),
      group: depthwise ? channels : 1,
      auto_pad: attr.padding?.s === 'SAME' ? 'SAME_UPPER' : 'VALID',
    });
    return operations.endsWith('Relu6') ? relu6(result) : result;
  }

  function scaled(weight: Weight, depthwise: boolean): string {
    const { data, shape } = channelsFirst(weight, depthwise);
    const floats = graph.node('Cast', [graph.uint8s(data, shape)], { to: 1 });
    const stretched = graph.node('Mul', [floats, graph.scalar(weight.scale)]);
    return graph.node('Add', [stretched, graph.scalar(weight.min)]);
  }

  function relu6(value: string): string {
    bounds ??= [graph.scalar(0), graph.scalar(6)];
    return graph.node('Clip', [value, ...bounds]);
  }

  return valueOf(to);
}

/** [h, w, in, out] → [out, in, h, w]; of a depthwise kernel [h, w, in, multiplier] → [in × multiplier, 1, h, w]. */
function channelsFirst({ bytes, shape }: Weight, depthwise: boolean): { data: Uint8Array; shape: number[] } {
  const [height = 0, width = 0, inner = 0, outer = 0] = shape;
  const data = new Uint8Array(bytes.length);
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < inner; i++) {
        for (let o = 0; o < outer; o++) {
          const filter = depthwise ? i * outer + o : o * inner + i;
          data[(filter * height + y) * width + x] = bytes[from++]!;
        }
      }
    }
  }
  return { data, shape: depthwise ? [inner * outer, 1, height, width] : [outer, inner, height, width] };
}

/** The two middle ones of a list for [batch, height, width, channels]. */
function spatial(attribute: { list: { i: number[] } } | undefined): number[] {
  return attribute?.list.i.slice(1, 3) ?? [1, 1];
}

function required<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`the model has no ${name}`);
  return found;
}
