import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { modelManifest } from '../../src-core/domain/model-manifest.ts';
import { npmPackage } from '../npm-package.ts';
import { buildDefaultModel } from './build-default-model.ts';
import { readTfjsModel } from './tfjs-model.ts';

/** `npm run build:model [-- --check]`: makes the default model from nsfwjs, and says whether it is the manifest's. */
const SOURCE = 'nsfwjs@4.4.0';
const INTEGRITY = 'sha512-krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==';

const ROOT = new URL('../../', import.meta.url);
const MODELS = new URL('resources/models/', ROOT);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

try {
  const cache = fileURLToPath(new URL('.cache/', ROOT));
  const only = 'dist/models/mobilenet_v2_mid';
  const source = await readTfjsModel(await npmPackage(SOURCE, cache, { integrity: INTEGRITY, only }));
  const model = await buildDefaultModel(source);

  const manifest = modelManifest.parse(JSON.parse(await readFile(new URL('default-160.json', MODELS), 'utf8')));
  const sha256 = createHash('sha256').update(model).digest('hex');
  const same = sha256 === manifest.sha256;
  if (!values.check) await writeFile(new URL(manifest.file, MODELS), model);

  console.log(`${manifest.file}: ${model.length} bytes from ${SOURCE}${values.check ? ', not written' : ', written'}`);
  console.log(same ? `the same file as in the manifest (SHA-256 ${sha256})` : `SHA-256 is ${sha256}`);
  if (!same) {
    console.error(`This is another model: the manifest says ${manifest.sha256}.`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
