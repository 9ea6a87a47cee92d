import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs a script that sends one message and ends; answers the message. Throws with its stderr when it fails. */
export async function runChild<T>(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const child = fork(script, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let answer: { message: T } | undefined;
  child.on('message', (message) => (answer = { message: message as T }));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0 || !answer) throw new Error(`${script} ended with ${signal ?? code}: ${stderr}`);
  return answer.message;
}
