import { fileURLToPath } from 'node:url';
import { loadModel, type InstalledModel } from '../../src-core/adapters/embedder-onnx/load-model.ts';

export const MODELS = fileURLToPath(new URL('../../resources/models', import.meta.url));

/** The model that comes with the program. */
export function defaultModel(): Promise<InstalledModel> {
  return loadModel([MODELS], 'default-160');
}
