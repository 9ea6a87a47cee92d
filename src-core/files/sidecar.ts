// PLACEHOLDER by the lead until helper "IPTC/XMP" overwrites this file with the real one.
import { extname } from 'node:path/posix';
export function speaksFor(sidecar: string, picture: string): boolean {
  const stem = sidecar.slice(0, -extname(sidecar).length);
  return picture === stem || picture.slice(0, -extname(picture).length) === stem;
}
export async function readSidecar(
  _path: string,
): Promise<{ title: string | null; caption: string | null; keywords: string[] }> {
  throw new Error('placeholder');
}
