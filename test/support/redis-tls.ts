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

const KIND = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/**
 * A server that speaks TLS alone, with a certificate for `localhost` that it signed itself, or that an authority of its
 * own did.
 */
export async function startRedisTls({ signedBy = 'itself' as 'itself' | 'authority' } = {}): Promise<RedisTls> {
  const dir = await tempDir();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const [caKey, caCert] = [join(dir, 'ca-key.pem'), join(dir, 'ca.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  let trusted = cert;
  if (signedBy === 'authority') {
    await makeCertificate('-keyout', caKey, '-out', caCert, '-subj', '/CN=an authority');
    const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE'];
    await makeCertificate('-keyout', key, '-out', cert, ...subject, ...leaf, '-CA', caCert, '-CAkey', caKey);
    trusted = caCert;
  } else await makeCertificate('-keyout', key, '-out', cert, ...subject);
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', trusted];
  const args = ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files];
  const server = await startRedis({ dir, port, args });
  return { url: `rediss://localhost:${port}`, server, certificate: await readFile(trusted, 'utf8') };
}

async function makeCertificate(...args: string[]): Promise<void> {
  await promisify(execFile)('openssl', ['req', ...KIND, ...args]);
}
