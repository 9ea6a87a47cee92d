import { z } from 'zod';
import { unsupported } from './refusal.ts';

export const textIndexSchema = z.strictObject({
  type: z.literal('text'),
  tokenizer: z.enum(['word', 'whitespace', 'prefix', 'multilingual']).optional(),
  min_token_len: z.int().min(0).nullish(),
  max_token_len: z.int().min(0).nullish(),
  lowercase: z.boolean().nullish(),
  ascii_folding: z.boolean().nullish(),
  phrase_matching: z.boolean().nullish(),
  on_disk: z.boolean().nullish(),
});
export type TextIndex = z.infer<typeof textIndexSchema>;

/** Whole words of a text under an index, in their order; the beginnings of `prefix` are not among them. */
export function tokensOf(text: string, index: TextIndex): string[] {
  const least = index.tokenizer === 'prefix' ? 0 : (index.min_token_len ?? 0);
  const most = index.tokenizer === 'prefix' ? Infinity : (index.max_token_len ?? Infinity);
  return split(text, index)
    .map((token) => fold(token, index))
    .filter((token) => token.length >= least && token.length <= most);
}

function split(text: string, { tokenizer = 'word' }: TextIndex): string[] {
  if (tokenizer === 'whitespace') return text.split(/\s+/).filter(Boolean);
  // The real one cuts Chinese, Japanese and more by dictionaries; among Latin letters it does as `word` does.
  if (tokenizer === 'multilingual' && /[^\p{ASCII}\p{Script=Latin}]/u.test(text)) {
    throw unsupported('the multilingual tokenizer on other than Latin letters');
  }
  return text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function fold(token: string, { lowercase, ascii_folding: folding }: TextIndex): string {
  const cased = lowercase === false ? token : token.toLowerCase();
  return folding === true ? cased.normalize('NFD').replace(/\p{M}/gu, '') : cased;
}
