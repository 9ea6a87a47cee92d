import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startRedis, type RedisServer } from './redis-server.ts';
import { tempDir } from './temp-dir.ts';

export interface RedisTls {
  /** rediss://localhost:PORT */
  url: string;
  server: RedisServer;
  /** The certificate that a client must trust, in PEM. */
  certificate: string;
}

/** A server that speaks TLS alone, with a certificate of its own for `localhost`. */
export async function startRedisTls(): Promise<RedisTls> {
  const dir = await tempDir();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', ['req', ...kind, '-keyout', key, '-out', cert, ...subject]);
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  const args = ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files];
  const server = await startRedis({ dir, port, args });
  return { url: `rediss://localhost:${port}`, server, certificate: await readFile(cert, 'utf8') };
}
