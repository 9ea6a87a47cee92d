import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Who may import whom: docs/architecture.md as data. Node's own modules are allowed unless `node` is false. */
export interface Rule {
  path: string;
  /** Folders or files beside its own. */
  imports: readonly string[];
  packages: readonly string[];
  node?: false;
}

const CORE_GROUND = ['src-core/domain', 'src-core/ports', 'src-core/settings', 'src-core/telemetry'];

export const ARCHITECTURE: readonly Rule[] = [
  { path: 'src-core/domain', imports: [], packages: ['zod'] },
  { path: 'src-core/ports', imports: ['src-core/domain'], packages: [] },
  { path: 'src-core/settings', imports: ['src-core/domain'], packages: ['zod', 'env-paths'] },
  {
    path: 'src-core/telemetry',
    imports: ['src-core/domain', 'src-core/ports', 'src-core/settings'],
    packages: [
      'pino',
      'pino-pretty',
      'prom-client',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
    ],
  },
  {
    path: 'src-core/files',
    imports: ['src-core/domain'],
    packages: ['@xmldom/xmldom', 'csv-parse', 'picomatch', 'zod'],
  },
  {
    path: 'src-core/files/watch',
    imports: ['src-core/domain', 'src-core/files'],
    packages: ['zod'],
  },
  { path: 'src-core/finder', imports: ['src-core/domain', 'src-core/ports'], packages: [] },
  { path: 'src-core/adapters/sqlite', imports: ['src-core/domain', 'src-core/files'], packages: [] },
  { path: 'src-core/adapters/queue-sqlite', imports: [...CORE_GROUND, 'src-core/adapters/sqlite'], packages: ['zod'] },
  {
    path: 'src-core/adapters/vectors-sqlite',
    imports: [...CORE_GROUND, 'src-core/adapters/sqlite'],
    packages: ['zod', 'usearch'],
  },
  {
    path: 'src-core/adapters/imports-sqlite',
    imports: [...CORE_GROUND, 'src-core/adapters/sqlite'],
    packages: ['zod'],
  },
  {
    path: 'src-core/adapters/duplicates-sqlite',
    imports: [...CORE_GROUND, 'src-core/adapters/sqlite'],
    packages: [],
  },
  { path: 'src-core/adapters/queue-redis', imports: CORE_GROUND, packages: ['ioredis', 'zod'] },
  { path: 'src-core/adapters/vectors-qdrant', imports: CORE_GROUND, packages: ['@qdrant/js-client-rest', 'zod'] },
  { path: 'src-core/contract', imports: ['src-core/domain'], packages: ['@orpc/contract', 'zod'], node: false },
  {
    path: 'src-core/adapters/embedder-onnx',
    imports: CORE_GROUND,
    packages: ['onnxruntime-node', '@huggingface/tokenizers', 'zod'],
  },
  {
    path: 'src-core/adapters/pictures-sharp',
    imports: [...CORE_GROUND, 'src-core/files'],
    packages: ['sharp', 'thumbhash', 'exif-reader', 'libheif-js', 'exifreader'],
  },
  // Opens the same formats under the same limits, HEIC included: that is written once.
  {
    path: 'src-core/adapters/thumbnailer-sharp',
    imports: [...CORE_GROUND, 'src-core/adapters/pictures-sharp'],
    packages: ['sharp'],
  },
  {
    path: 'src-core/open-backends.ts',
    imports: [...CORE_GROUND, 'src-core/adapters', 'src-core/finder'],
    packages: [],
  },
  {
    path: 'src-worker',
    imports: [...CORE_GROUND, 'src-core/finder', 'src-core/open-backends.ts', 'src-worker/handlers'],
    packages: ['zod', 'pino'],
  },
  {
    path: 'src-worker/handlers',
    imports: ['src-core/domain', 'src-core/ports', 'src-core/settings', 'src-worker'],
    packages: ['zod'],
  },
  {
    path: 'src-main/services',
    imports: ['src-core/domain', 'src-core/ports', 'src-core/settings', 'src-core/files'],
    packages: ['zod'],
  },
  { path: 'src-main/fleet', imports: CORE_GROUND, packages: ['zod'] },
  {
    path: 'src-main/wiring',
    imports: [
      ...CORE_GROUND,
      'src-core/open-backends.ts',
      'src-core/finder',
      'src-core/files',
      'src-main/services',
      'src-main/fleet',
    ],
    packages: [],
  },
  {
    path: 'src-main/console.ts',
    imports: [
      ...CORE_GROUND,
      'src-core/open-backends.ts',
      'src-core/files',
      'src-main/services',
      'src-main/fleet',
      'src-main/wiring',
    ],
    packages: [],
  },
  {
    path: 'src-main/documents.ts',
    imports: ['src-core/domain', 'src-main/services'],
    packages: [],
  },
  {
    path: 'src-main/duplicate-documents.ts',
    imports: ['src-core/domain', 'src-main/documents.ts', 'src-main/services'],
    packages: [],
  },
  { path: 'src-main/plan-documents.ts', imports: ['src-main/services'], packages: [] },
  // A bundle for whoever helps, of the command line and the server.
  {
    path: 'src-main/support',
    imports: [...CORE_GROUND, 'src-main/console.ts', 'src-main/documents.ts'],
    packages: ['fflate'],
  },
  {
    path: 'src-main/open-scratch.ts',
    imports: [...CORE_GROUND, 'src-main/console.ts', 'src-main/services'],
    packages: [],
  },
  {
    path: 'src-main/http',
    imports: [
      ...CORE_GROUND,
      'src-core/contract',
      'src-core/files',
      'src-main/console.ts',
      'src-main/documents.ts',
      'src-main/duplicate-documents.ts',
      'src-main/services',
      'src-main/plan-documents.ts',
      'src-main/open-scratch.ts',
      'src-main/support',
    ],
    packages: ['fastify', '@fastify/multipart', '@orpc/contract', '@orpc/openapi', '@orpc/server', '@orpc/zod', 'zod'],
  },
  {
    path: 'src-main/headless.ts',
    imports: [...CORE_GROUND, 'src-main/console.ts', 'src-main/http'],
    packages: [],
  },
  {
    path: 'src-main/client',
    imports: [...CORE_GROUND, 'src-core/contract', 'src-main/documents.ts', 'src-main/duplicate-documents.ts'],
    packages: ['@orpc/contract', 'zod'],
  },
  {
    path: 'src-main/cli',
    imports: [
      ...CORE_GROUND,
      'src-core/contract',
      'src-core/open-backends.ts',
      'src-core/files',
      'src-core/finder',
      'src-main/services',
      'src-main/fleet',
      'src-main/console.ts',
      'src-main/client',
      'src-main/documents.ts',
      'src-main/duplicate-documents.ts',
      'src-main/headless.ts',
      'src-main/http/token.ts',
      'src-main/http/token-watch.ts',
      'src-main/open-scratch.ts',
      'src-main/plan-documents.ts',
      'src-main/support',
    ],
    packages: ['commander', '@commander-js/extra-typings', 'fflate', 'log-update', 'zod'],
  },
  ...rendererRules(),
];

/** Pages of the console. What two of them need lies in ui/, lib/ or texts/: a feature never imports another. */
function rendererRules(): Rule[] {
  const imports = ['src-core/domain', 'src-core/contract', 'src-renderer'];
  const packages = [
    'react',
    'react-dom',
    'zod',
    'uplot',
    'thumbhash',
    '@mantine/core',
    '@mantine/hooks',
    '@mantine/notifications',
    '@mantine/spotlight',
    '@orpc/client',
    '@orpc/contract',
    '@orpc/tanstack-query',
    '@tabler/icons-react',
    '@tanstack/react-query',
    '@tanstack/react-router',
    '@tanstack/react-table',
    '@tanstack/react-virtual',
  ];
  const shared = ['app', 'lib', 'texts', 'ui'].map((name) => `src-renderer/${name}`);
  const features = readdirSync(join(import.meta.dirname, '../src-renderer/features'));
  return [
    { path: 'src-renderer', imports, packages, node: false },
    ...features.map((name): Rule => ({
      path: `src-renderer/features/${name}`,
      // A setting is checked by its own schema before it is sent.
      imports: [
        'src-core/domain',
        'src-core/contract',
        ...(name === 'settings' ? ['src-core/settings/schema.ts'] : []),
        ...shared,
      ],
      packages,
      node: false,
    })),
  ];
}
