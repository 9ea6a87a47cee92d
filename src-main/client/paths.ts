import { isAbsolute, resolve, win32 } from 'node:path';

/** A path of the server's machine; a relative one is taken from here, for who runs both on one machine. */
export function atServer(path: string): string {
  return isAbsolute(path) || win32.isAbsolute(path) ? path : resolve(path);
}
