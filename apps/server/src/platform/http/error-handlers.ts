import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Operation, Problem } from '@deployguard/contracts';
import { ApiError } from './api-error.ts';
import { readClientAddress } from './client-address.ts';
import { buildProblem, problemType } from './build-problem.ts';
import { toApiError } from './to-api-error.ts';

/** Answers with a problem. What nobody foresaw is logged with its cause; the caller gets the request id to quote. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = toApiError(thrown);
  if ((error.status === 401 || error.status === 403) && error.cause instanceof Error) {
    // Whoever was refused by mistake has the request id; why is not for the caller.
    request.log.info({ reason: error.cause.message, ip: readClientAddress(request) }, 'credentials refused');
  }
  if (error.status >= 500) request.log.error({ err: thrown, code: error.code }, 'request failed');
  const path = request.url.split('?', 1)[0]!;
  return reply
    .code(error.status)
    .headers(error.headers)
    .type(problemType)
    .serializer(JSON.stringify)
    .send({
      ...buildProblem(error, { id: request.id, path: path.slice(0, 500) }),
      ...(phoenixPaths.test(path) && describeForPhoenix(error)),
    });
}

const phoenixPaths = /^\/(?:api\/v1|ws)\//;

/** What clients of the original scanner service look for, whose paths these are. */
function describeForPhoenix({ code, message }: ApiError): Pick<Problem, 'error' | 'message' | 'timestamp'> {
  return { error: code, message, timestamp: new Date().toISOString() };
}

/** Answers 404, or 405 where the path is known and only the method is not: at once, whatever body comes along. */
export function handleUnknownRoutes(fastify: FastifyInstance, operations: readonly Operation[]): void {
  fastify.addHook('onRequest', async (request) => {
    if (request.is404) throw toRefusal(request, operations);
  });
}

function toRefusal({ method, url }: FastifyRequest, operations: readonly Operation[]): ApiError {
  const path = url.split('?', 1)[0]!;
  const methods = operations.filter((operation) => toPattern(operation.path).test(path)).map((operation) => operation.method);
  if (methods.length === 0 || methods.includes(method as 'GET')) return new ApiError('NOT_FOUND', 'There is nothing at this path.');
  return new ApiError('METHOD_NOT_ALLOWED', `${method} is not possible here.`, { headers: { allow: methods.join(', ') } });
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^{}]+\}/g, '[^/]+')}$`);
}

/** What could not even be read as a request: headers that are too long or too slow, bytes that are no HTTP. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, detail] = unreadable[error.code ?? ''] ?? ([400, 'The request cannot be read.'] as const);
  const body = JSON.stringify({
    type: 'urn:deployguard:problem:unreadable',
    title: STATUS_CODES[status],
    status,
    detail,
    instance: '',
    code: 'UNREADABLE',
    requestId: randomUUID(),
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const unreadable: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
};
