import { z } from 'zod';
import { bool, map, readBody, usize } from './read-body.ts';
import { badJson, invalidBody, unsupported } from './refusal.ts';

const vectorSchema = z.looseObject({
  size: z.int().min(1),
  distance: z.enum(['Cosine', 'Dot', 'Euclid', 'Manhattan']),
  on_disk: z.boolean().optional(),
});
export type VectorParams = z.infer<typeof vectorSchema>;
/** As given, one unnamed or several by name. */
type Vectors = VectorParams | Record<string, VectorParams>;

const quantizationSchema = z.strictObject({
  scalar: z.strictObject({
    type: z.literal('int8'),
    quantile: z.number().min(0.5).max(1).optional(),
    always_ram: z.boolean().optional(),
  }),
});

const sparseSchema = z.strictObject({
  index: z.strictObject({ on_disk: bool.optional(), full_scan_threshold: usize.optional() }).optional(),
  modifier: z.enum(['idf', 'none']).optional(),
});

const hnswSchema = z.strictObject({
  m: usize.optional(),
  ef_construct: usize.optional(),
  full_scan_threshold: usize.optional(),
  max_indexing_threads: usize.optional(),
  on_disk: bool.optional(),
});

const optimizersSchema = z.strictObject({
  deleted_threshold: z.number().optional(),
  vacuum_min_vector_number: usize.optional(),
  default_segment_number: usize.optional(),
  max_segment_size: usize.nullish(),
  memmap_threshold: usize.nullish(),
  indexing_threshold: usize.optional(),
  flush_interval_sec: usize.optional(),
  max_optimization_threads: usize.nullish(),
});

const vectorsConfig = z.unknown().optional().transform(readVectors);
const quantizationConfig = z
  .unknown()
  .optional()
  .transform((value) => {
    const { success, data } = quantizationSchema.nullish().safeParse(value);
    if (!success) throw badJson('data did not match any variant of untagged enum QuantizationConfig');
    return data ?? null;
  });

const createSchema = z.strictObject({
  vectors: vectorsConfig,
  sparse_vectors: z.record(z.string(), sparseSchema).optional(),
  shard_number: usize.optional(),
  replication_factor: usize.optional(),
  write_consistency_factor: usize.optional(),
  on_disk_payload: bool.optional(),
  hnsw_config: hnswSchema.optional(),
  optimizers_config: optimizersSchema.optional(),
  quantization_config: quantizationConfig,
  metadata: map.optional(),
});

const changeSchema = z.strictObject({
  optimizers_config: optimizersSchema.optional(),
  hnsw_config: hnswSchema.optional(),
  quantization_config: quantizationConfig,
  metadata: map.optional(),
});

function readVectors(value: unknown): Vectors {
  if (value === undefined) return {};
  const one = vectorSchema.safeParse(value);
  const named = z.record(z.string(), vectorSchema).safeParse(value);
  const vectors: Vectors | undefined = one.data ?? named.data;
  if (!vectors) throw badJson('data did not match any variant of untagged enum VectorsConfig');
  for (const [name, params] of Object.entries(vectorsByName(vectors))) checkVector(params, name ? `.${name}` : '');
  return vectors;
}

function checkVector(params: VectorParams, at: string): void {
  if (params.size > 65_536) {
    throw invalidBody(`vectors${at}.size: value ${params.size} invalid, must be from 1 to 65536`);
  }
  const other = Object.keys(params).find((key) => !['size', 'distance', 'on_disk'].includes(key));
  if (other !== undefined) throw unsupported(`the field vectors${at}.${other}`);
  if (params.distance !== 'Cosine' && params.distance !== 'Dot') throw unsupported(`distance ${params.distance}`);
}

export function vectorsByName(vectors: Vectors): Record<string, VectorParams> {
  return (vectorSchema.safeParse(vectors).success ? { '': vectors } : vectors) as Record<string, VectorParams>;
}

export type CollectionConfig = ReturnType<typeof createConfig>;

/** What a body of a create says, with the server's defaults; in the shape of an answer. */
export function createConfig(body: unknown, strict: boolean) {
  const given = readBody(createSchema, body, strict);
  return {
    params: {
      vectors: given.vectors,
      shard_number: given.shard_number ?? 1,
      replication_factor: given.replication_factor ?? 1,
      write_consistency_factor: given.write_consistency_factor ?? 1,
      on_disk_payload: given.on_disk_payload ?? true,
      ...(given.sparse_vectors && { sparse_vectors: given.sparse_vectors }),
    },
    hnsw_config: {
      m: 16,
      ef_construct: 100,
      full_scan_threshold: 10_000,
      max_indexing_threads: 0,
      on_disk: false,
      ...given.hnsw_config,
    },
    optimizer_config: {
      deleted_threshold: 0.2,
      vacuum_min_vector_number: 1_000,
      default_segment_number: 0,
      max_segment_size: null,
      memmap_threshold: null,
      indexing_threshold: 10_000,
      flush_interval_sec: 5,
      max_optimization_threads: null,
      ...given.optimizers_config,
    },
    wal_config: { wal_capacity_mb: 32, wal_segments_ahead: 0, wal_retain_closed: 1 },
    quantization_config: given.quantization_config,
    ...(given.metadata && { metadata: given.metadata }),
  };
}

/** The configuration after a PATCH. */
export function changeConfig(config: CollectionConfig, body: unknown, strict: boolean): CollectionConfig {
  const given = readBody(changeSchema, body, strict);
  return {
    ...config,
    hnsw_config: { ...config.hnsw_config, ...given.hnsw_config },
    optimizer_config: { ...config.optimizer_config, ...given.optimizers_config },
    quantization_config: given.quantization_config ?? config.quantization_config,
    ...(given.metadata && { metadata: { ...config.metadata, ...given.metadata } }),
  };
}
