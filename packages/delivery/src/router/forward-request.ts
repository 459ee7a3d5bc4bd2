import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Duplex } from 'node:stream';
import { errors } from 'undici';
import type { Dispatcher } from 'undici';
import { answerPage } from './answer-page.ts';
import type { RouterReason } from './answer-page.ts';
import { buildResponseHeaders } from './forward-headers.ts';
import { joinWebSocket } from './join-web-socket.ts';
import { findReturn } from './read-buffers.ts';
import { readRestAway } from './read-rest-away.ts';
import type { Upstream } from './upstream.ts';

export interface Forwarding {
  readonly path: string;
  readonly headers: string[];
  /** The instance for each attempt; undefined when there is none. */
  readonly choose: () => Upstream | undefined;
  /** For a WebSocket: the client's connection, and what it sent already. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

/** May be done twice without harm (RFC 9110, 9.2.2); only such a request is sent again when its connection turns out to be closed. */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const maxAttempts = 2;
/** A short beginning of a body goes out in one piece with the head; as bytes it would be a piece of its own. */
const joinedBytes = 8 * 1024;
/** What may stand behind a status (RFC 9112, 4); applications write it in their language, and nobody reads it. */
const isPhrase = /^[\t\u0020-\u007e\u0080-\u00ff]+$/;
/** How long a client may take no byte of an answer that is waiting for it. */
const slowestClientMs = 60_000;

/** Passes a request to an instance and its answer back, both as they come. */
export function forwardRequest(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): void {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const mayRepeat = repeatable.has(request.method ?? '') && !hasBody && forwarding.upgrade === undefined;
  attempt(1);

  function attempt(number: number): void {
    const upstream = forwarding.choose();
    if (upstream === undefined) return answerPage(request, response, 'stopped');
    let controller: Dispatcher.DispatchController | undefined;
    const stop = (): void => {
      if (controller === undefined || controller.aborted) return;
      controller.abort(new errors.RequestAbortedError());
    };
    let [wasCut, hasBegun] = [false, false];
    const leave = upstream.enter(() => {
      wasCut = true;
      forwarding.upgrade?.socket.destroy();
      stop();
    });
    const onClose = (): void => {
      // The client is gone: its question is of no interest any more.
      if (!response.writableFinished) stop();
    };
    response.once('close', onClose);
    const finish = (): void => {
      response.off('close', onClose);
      leave();
    };

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(given) {
        controller = given;
        if (response.destroyed) stop();
      },
      onResponseStart(given, status, _, message) {
        // What announces another answer is for the hop only.
        if (status < 200) return;
        response.writeHead(status, isPhrase.test(message ?? '') ? message! : '', headersOf(given));
        // What is slow in coming is to be seen as it comes; what came along with the head is sent along with it.
        process.nextTick(() => {
          if (!hasBegun && !response.writableEnded) response.flushHeaders();
        });
      },
      onResponseData(given, chunk) {
        const isFirst = !hasBegun;
        hasBegun = true;
        if (
          isFirst && chunk.length <= joinedBytes
            ? response.write(chunk.toString('latin1'), 'latin1')
            : response.write(chunk, findReturn(chunk))
        )
          return;
        given.pause();
        const impatient = setTimeout(() => response.destroy(), slowestClientMs);
        const goOn = (): void => {
          clearTimeout(impatient);
          response.off('drain', goOn).off('close', goOn);
          given.resume();
        };
        response.once('drain', goOn).once('close', goOn);
      },
      onResponseEnd() {
        finish();
        readRestAway(request);
        response.end();
      },
      onRequestUpgrade(given, _, __, socket) {
        response.off('close', onClose);
        if (forwarding.upgrade === undefined) socket.destroy();
        else
          joinWebSocket({
            client: forwarding.upgrade.socket,
            head: forwarding.upgrade.head,
            application: socket,
            headers: headersOf(given),
            onEnd: leave,
          });
      },
      onResponseError(_, error) {
        finish();
        if (response.destroyed) return;
        if (response.headersSent) return void response.destroy();
        if (wasCut) return answerPage(request, response, 'cut-off');
        if (mayRepeat && number < maxAttempts && isLostConnection(error)) return attempt(number + 1);
        answerPage(request, response, reasonOf(error));
      },
    };
    const pool = mayRepeat && number === 1 ? upstream.pool : upstream.freshPool;
    pool.dispatch(
      {
        path: forwarding.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: forwarding.headers,
        // What is left of it when the answer is there is no affair of the instance's, and neither is the client's connection.
        body: hasBody ? request.pipe(new PassThrough()) : null,
        ...(forwarding.upgrade === undefined ? {} : { upgrade: 'websocket' }),
      },
      handler,
    );
  }
}

function headersOf({ rawHeaders }: Dispatcher.DispatchController): string[] {
  return Array.isArray(rawHeaders) ? buildResponseHeaders(rawHeaders) : [];
}

/** Before an answer began: the instance closed a connection that was idle, or takes none. */
function isLostConnection(error: Error): boolean {
  return error instanceof errors.SocketError || error instanceof errors.ConnectTimeoutError || isEnded(error) || isSystemError(error);
}

function reasonOf(error: Error): RouterReason {
  if (error instanceof errors.HeadersTimeoutError) return 'no-answer';
  if (isEnded(error)) return 'broken-answer';
  if (error instanceof errors.ConnectTimeoutError || isSystemError(error)) return 'not-reachable';
  if (error instanceof errors.InvalidArgumentError || error instanceof errors.RequestContentLengthMismatchError) return 'bad-request';
  return 'broken-answer';
}

/** By an instance that had taken the connection. */
function isEnded(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function isSystemError(error: Error): boolean {
  return ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'].includes(codeOf(error));
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? '';
}
