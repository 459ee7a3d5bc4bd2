import type { FastifyInstance } from 'fastify';
import { StorageError, buildContentDisposition, verifySignedUrl } from '../storage/index.ts';
import type { Storage } from '../storage/index.ts';
import { ApiError, notFoundError } from './api-error.ts';

export interface Downloads {
  readonly storage: Pick<Storage, 'get'>;
  /** What the links were signed with. */
  readonly key: Uint8Array;
}

/** Serves the files that signed links name: whoever has such a link may have the file until the link expires. */
export function registerDownloads(server: FastifyInstance, { storage, key }: Downloads): void {
  server.get('/downloads/*', { exposeHeadRoute: false }, async (request, reply) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    try {
      const link = verifySignedUrl(key, pathname.slice('/downloads/'.length), searchParams, new Date());
      const { body, bytes } = await storage.get(link.key);
      reply.headers({
        'content-type': link.contentType,
        'content-length': bytes,
        'content-disposition': buildContentDisposition(link.fileName),
      });
      return await reply.send(body);
    } catch (error) {
      throw toRefusal(error);
    }
  });
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  if (error.code === 'LINK_INVALID' || error.code === 'LINK_EXPIRED') return new ApiError('FORBIDDEN', error.message);
  return error.code === 'OBJECT_NOT_FOUND' || error.code === 'KEY_INVALID' ? notFoundError('file') : error;
}
