import { join } from 'node:path';
import { runChild } from '../../support/run-child.ts';

export interface Sample {
  items: number;
  seconds: number;
}

export interface Limit {
  /** Pictures a second, on all cores, with nothing else to do. */
  decode: number;
  inference: number;
  /** What both together can reach: 1 / (1/decode + 1/inference). */
  limit: number;
}

/** What this machine can do at the most; each half is measured by one process per core for `seconds`. */
export async function measureLimit(folder: string, cores: number, seconds: string): Promise<Limit> {
  const rateOf = async (...args: string[]): Promise<number> => {
    const children = Array.from({ length: cores }, () =>
      runChild<Sample>(join(import.meta.dirname, 'limit-child.ts'), [...args, seconds]),
    );
    return (await Promise.all(children)).reduce((sum, sample) => sum + sample.items / sample.seconds, 0);
  };
  const decode = await rateOf('decode', folder);
  const inference = await rateOf('inference', '-');
  return { decode, inference, limit: 1 / (1 / decode + 1 / inference) };
}
