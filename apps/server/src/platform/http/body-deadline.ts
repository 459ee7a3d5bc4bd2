import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';
import { sendProblem } from './error-handlers.ts';

/**
 * Ends requests whose body drips in (slow loris): a body must be there after a time, an upload must keep coming. Node's own limit covers a whole
 * request and would end long uploads.
 */
export function limitBodyTime(
  request: FastifyRequest,
  reply: FastifyReply,
  { isUpload, seconds }: { isUpload: boolean; seconds: number },
): void {
  const { raw } = request;
  if (raw.headers['transfer-encoding'] === undefined && Number(raw.headers['content-length'] ?? 0) === 0) return;

  const { socket } = raw;
  let bytesRead = socket.bytesRead;
  const timer = setInterval(() => {
    const isGrowing = socket.bytesRead > bytesRead;
    bytesRead = socket.bytesRead;
    if (!isUpload || !isGrowing) expire();
  }, seconds * 1000);
  const stop = (): void => clearInterval(timer);
  raw.once('end', stop).once('close', stop);

  function expire(): void {
    stop();
    if (raw.complete || reply.sent) return;
    reply.header('connection', 'close');
    sendProblem(new ApiError('REQUEST_TIMEOUT', 'The body did not arrive in time.'), request, reply);
    reply.raw.once('finish', () => raw.destroy());
  }
}
