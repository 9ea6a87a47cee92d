import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked by the console's pages while they are open: a line of each that succeeds would bury all others. */
    isQuiet?: boolean;
  }
}

/** The two lines of each request. Of a quiet one they are at debug, unless it fails: then the second says all. */
export class RequestLines extends LogController {
  override incomingRequest(request: FastifyRequest): void {
    request.log[isQuiet(request) ? 'debug' : 'info']({ req: request }, 'incoming request');
  }

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (!isQuiet(request)) return super.requestCompleted(error, request, reply);
    const fields = { res: reply, responseTime: reply.elapsedTime };
    if (error) reply.log.error({ req: request, ...fields, err: error }, 'request errored');
    else if (reply.statusCode >= 400) reply.log.info({ req: request, ...fields }, 'request completed');
    else reply.log.debug(fields, 'request completed');
  }
}

/** As Fastify says a request, but for the code of a sign-in link, which lets in whoever reads it first. */
export function requestFields({ method, url, host, ip, socket }: FastifyRequest): object {
  const path = url.replace(/^(\/sign-in)\?.*/, '$1');
  return { method, url: path, host, remoteAddress: ip, remotePort: socket.remotePort };
}

function isQuiet({ routeOptions: { config } }: FastifyRequest): boolean {
  return (config.isQuiet ?? config.isPublic) === true;
}
