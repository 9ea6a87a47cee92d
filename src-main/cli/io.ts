import { styleText } from 'node:util';
import type { Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number; hasColors?: () => boolean };

/** What a command line run has to do with the outside, so that tests can run one inside their own process. */
export interface Io {
  stdout: Output;
  stderr: Output;
  env: NodeJS.ProcessEnv;
  /** Calls `listener` at every Ctrl-C (SIGINT) or SIGTERM; answers how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Asks a person; absent where there is none. */
  ask?: (question: string) => Promise<string>;
  /** Ends the process at once: for a second Ctrl-C. */
  exit(code: number): void;
}

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Colours only in a terminal that has them (NO_COLOR and TERM are heeded by `hasColors`) and unless `--no-color`. */
export function painter(output: Output, wanted: boolean): Paint {
  const colours = wanted && output.isTTY === true && output.hasColors?.() === true;
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}

export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt(listener) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
    exit: (code) => process.exit(code),
  };
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await prompt.question(question);
  } finally {
    prompt.close();
  }
}
