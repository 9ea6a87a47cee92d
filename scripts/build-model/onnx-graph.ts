import { bytes, int, message, type Field } from './protobuf.ts';

/** TensorProto.DataType */
const TYPES = { float32: 1, uint8: 2, int64: 7 } as const;
type TensorType = keyof typeof TYPES;

/** AttributeProto.AttributeType */
const ATTRIBUTE = { int: 2, string: 3, ints: 7 } as const;

/** IR version 8 goes with opset 17. */
const IR_VERSION = 8;
const OPSET = 17;

/** An integer is an INT, a list INTS, a string STRING. */
type Attributes = Record<string, number | readonly number[] | string>;

/** A dimension with a name is free. */
type Shape = readonly (number | string)[];

export interface OnnxGraph {
  input(name: string, type: TensorType, shape: Shape): string;
  output(name: string, type: TensorType, shape: Shape): void;
  /** A constant. Like all that follow it answers its own name, which is what nodes take as input. */
  floats(data: Float32Array, shape: readonly number[]): string;
  scalar(value: number): string;
  uint8s(data: Uint8Array, shape: readonly number[]): string;
  /** A list of whole numbers, such as axes. */
  int64s(values: readonly number[]): string;
  node(operator: string, inputs: readonly string[], attributes?: Attributes, name?: string): string;
  /** The whole model as an ONNX file (onnx.proto3). */
  encode(metadata: Record<string, string>): Uint8Array;
}

/** Names are made from one running number, so the same calls in the same order make the same file. */
export function createOnnxGraph(): OnnxGraph {
  const nodes: Field[] = [];
  const constants: Field[] = [];
  const inputs: Field[] = [];
  const outputs: Field[] = [];
  let made = 0;
  const unique = (prefix: string): string => `${prefix}_${made++}`;

  function constant(prefix: string, type: TensorType, shape: readonly number[], data: Uint8Array): string {
    const name = unique(prefix);
    const dims = shape.map((size) => int(1, size));
    constants.push(message(dims, int(2, TYPES[type]), bytes(8, name), bytes(9, data)));
    return name;
  }

  const floats: OnnxGraph['floats'] = (data, shape) =>
    constant('w', 'float32', shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

  return {
    input(name, type, shape) {
      inputs.push(valueInfo(name, type, shape));
      return name;
    },
    output(name, type, shape) {
      outputs.push(valueInfo(name, type, shape));
    },
    floats,
    scalar: (value) => floats(Float32Array.of(value), []),
    uint8s: (data, shape) => constant('q', 'uint8', shape, data),
    int64s: (values) =>
      constant('i', 'int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer)),
    node(operator, from, attributes = {}, name = unique(operator.toLowerCase())) {
      nodes.push(
        message(
          from.map((input) => bytes(1, input)),
          bytes(2, name),
          bytes(3, `${name}_n`),
          bytes(4, operator),
          Object.entries(attributes).map(([key, value]) => bytes(5, attribute(key, value))),
        ),
      );
      return name;
    },
    encode(metadata) {
      const graph = message(
        nodes.map((node) => bytes(1, node)),
        bytes(2, 'g'),
        constants.map((tensor) => bytes(5, tensor)),
        inputs.map((value) => bytes(11, value)),
        outputs.map((value) => bytes(12, value)),
      );
      return message(
        int(1, IR_VERSION),
        bytes(2, 'exp-model'),
        bytes(7, graph),
        bytes(8, message(bytes(1, ''), int(2, OPSET))),
        Object.entries(metadata).map(([key, value]) => bytes(14, message(bytes(1, key), bytes(2, value)))),
      );
    },
  };
}

function attribute(name: string, value: Attributes[string]): Uint8Array {
  if (typeof value === 'string') return message(bytes(1, name), bytes(4, value), int(20, ATTRIBUTE.string));
  if (typeof value === 'number') return message(bytes(1, name), int(3, value), int(20, ATTRIBUTE.int));
  const items = value.map((item) => int(8, item));
  return message(bytes(1, name), items, int(20, ATTRIBUTE.ints));
}

function valueInfo(name: string, type: TensorType, shape: Shape): Uint8Array {
  const dims = shape.map((size) => bytes(1, typeof size === 'string' ? bytes(2, size) : int(1, size)));
  const tensor = message(int(1, TYPES[type]), bytes(2, message(dims)));
  return message(bytes(1, name), bytes(2, bytes(1, tensor)));
}
