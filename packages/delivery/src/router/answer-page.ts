import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRestAway } from './read-rest-away.ts';

/** Why the router answers itself. */
export type RouterReason = 'bad-request' | 'unknown-host' | 'stopped' | 'not-reachable' | 'no-answer' | 'broken-answer' | 'cut-off';

const pages: Readonly<Record<RouterReason, readonly [status: number, title: string, text: string]>> = {
  'bad-request': [400, 'Bad request', 'The request can be read in more than one way, and is not passed on.'],
  'unknown-host': [
    404,
    'No application here',
    'No application has this name. It may not be deployed yet, or be deployed under another one.',
  ],
  stopped: [503, 'Stopped', 'The application of this name is stopped, or has no release yet.'],
  'cut-off': [
    503,
    'Stopped meanwhile',
    'The release that had this request was stopped before it answered. The next one is there: ask again.',
  ],
  'not-reachable': [502, 'Not reachable', 'The application does not take connections at the moment.'],
  'no-answer': [504, 'No answer', 'The application did not answer in time.'],
  'broken-answer': [
    502,
    'Broken answer',
    'The application ended the connection before its answer was complete, or answered with something that is not HTTP.',
  ],
};

/** Leads to the same with TLS; the method stays (RFC 9110, 15.4.9). */
export function answerRedirect(request: IncomingMessage, response: ServerResponse, location: string): void {
  readRestAway(request);
  response.writeHead(308, {
    location,
    'content-length': 0,
    'cache-control': 'no-store',
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end();
}

/** Nothing of the request appears in it. */
export function answerPage(request: IncomingMessage, response: ServerResponse, reason: RouterReason): void {
  const [status, title, text] = pages[reason];
  const wantsJson = (request.headers.accept ?? '').includes('json');
  const body = wantsJson
    ? JSON.stringify({ type: 'about:blank', status, title, detail: text, code: reason.toUpperCase().replaceAll('-', '_') })
    : `<!doctype html>\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${status} ${title}</h1>\n<p>${text}</p>\n`;
  readRestAway(request);
  // An answer that could not be passed on may have left its own phrase there.
  response.writeHead(status, STATUS_CODES[status], {
    'content-type': wantsJson ? 'application/problem+json' : 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-deployguard-reason': reason,
    // What the request still sends is not answered.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
