import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../domain/app-error.ts';
import type { Provider } from '../../domain/provider.ts';
import { ort } from './runtime.ts';

export type Session = InferenceSession;

/**
 * Measured with the default model on one thread: CPU per picture is the same from batch 1 to 32 (within 5%), memory is
 * not. Without memory patterns a process of batch 8 takes 160 MB instead of 209, of batch 16 220 instead of 312, at no
 * cost; without the arena as well 203 and up to 1.5 times the CPU.
 */
export async function openSession(file: string, provider: Provider, threads: number): Promise<Session> {
  return ort.InferenceSession.create(file, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
}

/** What a model takes or gives. A size that is free has a letter. */
export interface Expected {
  of: 'input' | 'output';
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

type Found = Extract<InferenceSession.ValueMetadata, { isTensor: true }>;

/**
 * Throws MODEL_INVALID for what the file does not have, or has with another type or shape. Published models often leave sizes
 * free that are always the same: they fit.
 */
export function checkShapes(session: Session, modelId: string, expected: readonly Expected[]): void {
  const found = { input: session.inputMetadata, output: session.outputMetadata };
  for (const one of expected) {
    if (found[one.of].some((value) => value.isTensor && value.name === one.name && fits(value, one))) continue;
    const has = [
      ...found.input.map((value) => `input ${described(value)}`),
      ...found.output.map((value) => `output ${described(value)}`),
    ].join(', ');
    throw new AppError(
      'MODEL_INVALID',
      `model "${modelId}": its manifest says ${one.of} ${described(one)}, the file has ${has}`,
    );
  }
}

function fits({ type, shape }: Found, expected: Expected): boolean {
  if (type !== expected.type || shape.length !== expected.shape.length) return false;
  return shape.every((size, i) => typeof size === 'string' || size === expected.shape[i]);
}

function described(value: Expected | InferenceSession.ValueMetadata): string {
  if (!('shape' in value)) return value.name;
  const shape = value.shape.map((size) => (typeof size === 'string' ? 'N' : size)).join(',');
  return `${value.name} ${value.type} [${shape}]`;
}
