import { hash } from 'node:crypto';

/**
 * UUID version 5 (RFC 9562 §5.5): SHA-1 over the namespace's 16 bytes and the name in UTF-8.
 * `namespace` must be a UUID; the result is lower case.
 */
export function uuidV5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  if (space.length !== 16) throw new RangeError(`not a UUID: ${namespace}`);
  // In one call: an object that hashes in steps costs twice as much, and this is asked for every file.
  const bytes = hash('sha1', Buffer.concat([space, Buffer.from(name, 'utf8')]), 'buffer');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** What is canonical as it is: in ASCII, with no empty part and no dots for one. Most paths are, and it is asked often. */
const PLAIN = /^(?:\/(?!\.{1,2}(?:\/|$))[ -.0-~]+)+$/;

/**
 * The canonical name of an absolute path: `/` between parts, no `.` or `..` or double separators, Unicode NFC, drive
 * letter upper case. The same picture so has the same name whatever system or spelling it was handed in with.
 * `platform` is where the path comes from: on POSIX a backslash is an ordinary character of a name.
 */
export function canonicalName(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32' && PLAIN.test(path)) return path;
  const slashed = platform === 'win32' ? path.replaceAll('\\', '/') : path;
  const unc = platform === 'win32' && slashed.startsWith('//');
  const parts: string[] = [];
  for (const part of slashed.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const drive = platform === 'win32' && /^[a-z]:$/i.test(parts[0] ?? '');
  if (drive) return [parts[0]?.toUpperCase(), ...parts.slice(1)].join('/');
  return (unc ? '//' : '/') + parts.join('/');
}

/** Whether a canonical name is that of the folder or of something in it. */
export function isUnder(name: string, folder: string): boolean {
  return name === folder || name.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Who a picture is: the same name in the same catalog is the same picture. */
export function imageIdOf(catalogId: string, name: string): string {
  return uuidV5(catalogId, name);
}

/** An import's task for one file; a resumed import makes the same ids and so enqueues nothing twice. */
export function taskIdOf(importId: string, name: string): string {
  return uuidV5(importId, name);
}
