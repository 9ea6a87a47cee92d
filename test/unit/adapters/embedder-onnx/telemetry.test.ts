import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tempDir } from '../../../support/temp-dir.ts';

const RUNTIME = pathToFileURL(resolve(import.meta.dirname, '../../../../src-core/adapters/embedder-onnx/runtime.ts'));

/** What onnxruntime's telemetry leaves in the temporary folder when it is loaded in a process of its own. */
async function tracesOf(script: string): Promise<string[]> {
  const folder = await tempDir();
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...env, TMPDIR: folder },
    cwd: import.meta.dirname,
  });
  return readdir(folder);
}

it('keeps onnxruntime from reporting its use', async () => {
  const use = 'ort.listSupportedBackends(); await ort.InferenceSession.create(new Uint8Array()).catch(() => {});';
  expect(await tracesOf(`const { ort } = await import('${RUNTIME.href}'); ${use}`)).toEqual([]);
});
