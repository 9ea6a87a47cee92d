import type { Address } from './reach.ts';

const USUAL_PORT: Record<string, number> = { 'redis:': 6379, 'rediss:': 6379, 'http:': 6333, 'https:': 6333 };

/** Null for a URL of several hosts, of a socket, or that is none. */
export function addressOf(text: string): Address | null {
  const url = URL.parse(text);
  const usual = url && USUAL_PORT[url.protocol];
  if (!url || usual === undefined || url.hostname === '' || url.host.includes(',')) return null;
  // `URL` takes the usual ports of the web for none given.
  const isNamed = new RegExp(`^${url.protocol}//[^/]*:(80|443)(/|$)`, 'i').exec(text);
  const port = url.port === '' ? Number(isNamed?.[1] ?? usual) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, tls: ['rediss:', 'https:'].includes(url.protocol) };
}
