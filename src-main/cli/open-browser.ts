import { spawn } from 'node:child_process';

/** What opens an address by a person's own choice of browser. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an address in the browser (BROWSER names another command). Where there is none nothing happens: the address was
 * printed as well.
 */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): void {
  const [command = '', ...args] = env.BROWSER ? [env.BROWSER] : (OPENERS[process.platform] ?? ['xdg-open']);
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore', windowsHide: true });
  child.once('error', () => {}); // not there
  child.unref();
}
