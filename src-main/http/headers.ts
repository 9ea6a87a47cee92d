import type { FastifyInstance } from 'fastify';

/**
 * What browsers are told of every answer, unless a route says otherwise: it is no page, nobody keeps it, no other site may
 * show or embed it. There is no CORS header anywhere: pages of other sites read nothing.
 */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function sendHeaders(app: FastifyInstance): void {
  // Of each request: a promise for every hook would cost as much as what the hooks do.
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS).header('x-request-id', request.id);
    done();
  });
}

/** Of a page of ours: scripts are files of this server, styles too or made by a script that knows the page's nonce. */
export function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'x-frame-options': 'DENY',
  };
}
