import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StorageError, buildContentDisposition, verifySignedUrl } from '../storage/index.ts';
import type { ByteRange, SignedDownload, Storage } from '../storage/index.ts';
import { ApiError, notFoundError } from './api-error.ts';

export interface Downloads {
  readonly storage: Pick<Storage, 'get'>;
  /** What the links were signed with. */
  readonly key: Uint8Array;
}

/** Serves the files that signed links name: whoever has such a link may have the file until the link expires. */
export function registerDownloads(server: FastifyInstance, { storage, key }: Downloads): void {
  server.route({
    method: ['GET', 'HEAD'],
    url: '/downloads/*',
    handler: async (request, reply) => {
      const { pathname, searchParams } = new URL(request.url, 'http://localhost');
      try {
        return await serve(storage, verifySignedUrl(key, pathname.slice('/downloads/'.length), searchParams, new Date()), request, reply);
      } catch (error) {
        throw toRefusal(error);
      }
    },
  });
}

async function serve(storage: Downloads['storage'], link: SignedDownload, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { body, bytes } = await storage.get(link.key);
  // What stands under a key never changes.
  const etag = `"${createHash('sha256').update(link.key).digest('base64url')}"`;
  const { range, 'if-range': ifRange = etag } = request.headers;
  const part = request.method === 'GET' && ifRange === etag ? parseRange(range, bytes) : undefined;
  if (request.method === 'HEAD' || part !== undefined) body.destroy();
  if (part === 'beyond') {
    throw new ApiError('RANGE_NOT_SATISFIABLE', `The file has ${bytes} bytes.`, { headers: { 'content-range': `bytes */${bytes}` } });
  }
  reply.headers({
    'content-type': link.contentType,
    'content-disposition': buildContentDisposition(link.fileName),
    'content-length': bytes,
    'accept-ranges': 'bytes',
    etag,
  });
  if (request.method === 'HEAD') return reply.send();
  if (part === undefined) return reply.send(body);
  const { first, last } = part;
  reply.code(206).headers({ 'content-range': `bytes ${first}-${last}/${bytes}`, 'content-length': last - first + 1 });
  return reply.send((await storage.get(link.key, part)).body);
}

/** Undefined for all of it, also where several parts are asked for or something that is not known (RFC 9110 §14.2 lets us). */
function parseRange(header: string | undefined, bytes: number): ByteRange | 'beyond' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if ((from === '' && to === '') || (from !== '' && to !== '' && Number(from) > Number(to))) return undefined;
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return first <= last ? { first, last } : 'beyond';
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  if (error.code === 'LINK_INVALID' || error.code === 'LINK_EXPIRED') return new ApiError('FORBIDDEN', error.message);
  return error.code === 'OBJECT_NOT_FOUND' || error.code === 'KEY_INVALID' ? notFoundError('file') : error;
}
