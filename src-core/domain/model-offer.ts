import { z } from 'zod';
import { modelManifest, sha256, type ModelManifest } from './model-manifest.ts';

/** Of a file: in the offer where it was published with one, else found out by the first download. */
export interface FileSum {
  sha256: string;
  bytes: number;
}

const { text } = modelManifest.shape;
const textSide = text.unwrap();
const unsummed = { sha256: true, bytes: true } as const;

/**
 * `resources/models/hub/*.json`: a model that can be downloaded from a hub, or put together from its files. What becomes its
 * manifest lacks the sums of the files: those that are not known beforehand are pinned when the files first come.
 */
export const modelOffer = z
  .strictObject({
    title: z.string(),
    /** On the hub, whose files are at `<hub>/<repository>/resolve/<revision>/<path>`. */
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    revision: z.string().regex(/^[\w.-]+$/),
    /** By their names beside the manifest. */
    files: z.record(
      z.string(),
      z.strictObject({
        /** In the repository. */
        path: z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/),
        sha256: sha256.nullable(),
        bytes: z.number().int().positive().nullable(),
      }),
    ),
    manifest: modelManifest.omit({ ...unsummed, source: true, text: true }).extend({
      text: textSide
        .omit({ ...unsummed, tokenizer: true })
        .extend({ tokenizer: textSide.shape.tokenizer.omit(unsummed) })
        .exactOptional(),
    }),
  })
  .refine(({ files, manifest }) => namesOf(manifest).toSorted().join() === Object.keys(files).toSorted().join(), {
    path: ['files'],
    error: 'must be the files that the manifest names',
  });
export type ModelOffer = z.infer<typeof modelOffer>;

function namesOf({ file, text: side }: { file: string; text?: { file: string; tokenizer: { file: string } } }) {
  return [file, ...(side ? [side.file, side.tokenizer.file] : [])];
}

/** The manifest of an offer whose files are all there. */
export function manifestOf(offer: ModelOffer, sums: Readonly<Record<string, FileSum>>): ModelManifest {
  const { text: side, ...rest } = offer.manifest;
  const summed = <T extends { file: string }>(part: T) => ({ ...part, ...sums[part.file] });
  return modelManifest.parse({
    ...summed(rest),
    ...(side && { text: summed({ ...side, tokenizer: summed(side.tokenizer) }) }),
    source: `${offer.repository} at ${offer.revision}`,
  });
}
