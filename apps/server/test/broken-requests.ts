import { connect } from 'node:net';
import type { RawRequest } from './odd-requests.ts';

/** What came back for bytes that were sent. */
export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface Lines {
  readonly start: string;
  readonly headers: readonly string[];
  readonly body: string;
}

const json = 'Content-Type: application/json';
const chunked = 'Transfer-Encoding: chunked';

/** Requests that are wrong as bytes: no client of HTTP would send them. */
export const breakages: Readonly<Record<string, (request: RawRequest) => Lines>> = {
  'a chunked body that breaks off in a chunk': (request) => lines(request, { headers: [json, chunked], body: '20\r\n{"a":' }),
  'a chunked body that breaks off between chunks': (request) => lines(request, { headers: [json, chunked], body: '2\r\n{}\r\n' }),
  'a chunk size that is no number': (request) => lines(request, { headers: [json, chunked], body: 'zz\r\n{}\r\n0\r\n\r\n' }),
  'a chunk size beyond all numbers': (request) => lines(request, { headers: [json, chunked], body: `${'f'.repeat(40)}\r\n{}\r\n` }),
  'chunks with extensions and trailers': (request) =>
    lines(request, { headers: [json, chunked, 'Trailer: X-User-ID'], body: '2;a="b"\r\n{}\r\n0\r\nX-User-ID: mallory\r\n\r\n' }),
  'a body that is shorter than it says': (request) => lines(request, { headers: [json, 'Content-Length: 100'], body: '{"a":1' }),
  'a body that is longer than it says': (request) => lines(request, { headers: [json, 'Content-Length: 2'], body: '{}{"a":1}' }),
  'two lengths': (request) => lines(request, { headers: [json, 'Content-Length: 2', 'Content-Length: 3'], body: '{}' }),
  'a negative length': (request) => lines(request, { headers: [json, 'Content-Length: -2'], body: '{}' }),
  'a length and chunks': (request) => lines(request, { headers: [json, 'Content-Length: 2', chunked], body: '2\r\n{}\r\n0\r\n\r\n' }),
  'an unknown transfer encoding': (request) => lines(request, { headers: [json, 'Transfer-Encoding: gzip, identity'], body: '{}' }),
  'a header that is too long': (request) => lines(request, { headers: [`X-Filler: ${'a'.repeat(40_000)}`] }),
  'very many headers': (request) => lines(request, { headers: Array.from({ length: 3000 }, (_, index) => `X-${index}: a`) }),
  'a header with a zero byte': (request) => lines(request, { headers: ['X-Request-ID: a\0b'] }),
  'a header with bytes beyond ASCII': (request) => lines(request, { headers: ['X-Request-ID: \xff\xfe', 'Idempotency-Key: \xe9'] }),
  'a folded header': (request) => lines(request, { headers: ['X-Request-ID: a', ' b'] }),
  'a header without a name': (request) => lines(request, { headers: [': a'] }),
  'lines that end with line feeds alone': (request) => lines(request, { headers: ['X-A: 1\nX-User-ID: mallory'] }),
  'an escape in the path that is none': (request) => lines(request, { address: `${request.address}%zz` }),
  'an escape that breaks off': (request) => lines(request, { address: `${request.address.split('?')[0]}%` }),
  'escapes that are no UTF-8': (request) => lines(request, { address: `${request.address.split('?')[0]}/%c3%28%a0%80` }),
  'bytes beyond ASCII in the path': (request) => lines(request, { address: `${request.address.split('?')[0]}/\xe9\xff` }),
  'escapes in the query that are none': (request) => lines(request, { address: `${request.address.split('?')[0]}?limit=%&status=%zz&%=1` }),
  'arrays in the query': (request) =>
    lines(request, { address: `${request.address.split('?')[0]}?limit[]=1&limit[]=2&status=a&status=b&cursor[a][b]=1` }),
  'another server in the address': (request) => lines(request, { address: `http://evil.example${request.address}` }),
  'an address without a path': (request) => lines(request, { address: '*' }),
  'no host': (request) => lines(request, { host: [] }),
  'two hosts': (request) => lines(request, { host: ['Host: a', 'Host: b'] }),
  'an old version': (request) => lines(request, { version: 'HTTP/1.0' }),
  'a version that is not there yet': (request) => lines(request, { version: 'HTTP/3.7' }),
  'a method in small letters': (request) => lines({ ...request, method: request.method.toLowerCase() }, {}),
  'a method that nobody knows': (request) => lines({ ...request, method: 'A'.repeat(200) }, {}),
  'a wish to be asked to go on': (request) => lines(request, { headers: [json, 'Expect: 100-continue', 'Content-Length: 2'], body: '{}' }),
  'a wish that nobody knows': (request) => lines(request, { headers: ['Expect: the-unexpected'] }),
  'a WebSocket that is none': (request) =>
    lines(request, { headers: ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'] }),
  'a change to HTTP/2': (request) =>
    lines(request, { headers: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'] }),
};

interface Changes {
  readonly address?: string;
  readonly version?: string;
  readonly host?: readonly string[];
  readonly headers?: readonly string[];
  readonly body?: string;
}

function lines(
  request: RawRequest,
  { address = request.address, version = 'HTTP/1.1', host = ['Host: localhost'], headers = [], body = '' }: Changes,
): Lines {
  const own = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return { start: `${request.method} ${address} ${version}`, headers: [...host, ...own, ...headers], body };
}

/** One after the other on one connection without waiting, the last of them saying that it is the last; the answers until the connection ends. */
export async function sendPipelined(url: string, requests: readonly Lines[]): Promise<{ answers: RawAnswer[]; isInTime: boolean }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let isInTime = true;
  const deadline = setTimeout(() => {
    isInTime = false;
    socket.destroy();
  }, 60_000);
  for (const [index, { start, headers, body }] of requests.entries()) {
    const ending = index === requests.length - 1 ? ['Connection: close'] : [];
    socket.write(Buffer.from(`${[start, ...headers, ...ending].join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  }
  socket.end();
  let text = '';
  try {
    for await (const chunk of socket) {
      text += (chunk as Buffer).toString('latin1');
      // A stream has no end to wait for.
      if (/^content-type: text\/event-stream/im.test(text)) break;
    }
  } catch {
    // Who still sends to a connection that is cut may lose the answer.
  }
  clearTimeout(deadline);
  return { answers: parseAnswers(text), isInTime };
}

/** HTTP/1.1 (RFC 9112), as far as servers of ours answer: with a length or in chunks, or until the connection ends. */
function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const [, status = '', head = ''] = /^HTTP\/1\.1 (\d{3})([^]*?\r\n)\r\n/.exec(rest) ?? [];
    if (status === '') throw new Error(`This is no answer of HTTP: ${JSON.stringify(rest.slice(0, 200))}`);
    const field = (name: string): string => new RegExp(`\\r\\n${name}: *(.*?)\\r\\n`, 'i').exec(head)?.[1] ?? '';
    const after = rest.slice(rest.indexOf('\r\n\r\n') + 4);
    const isWithoutBody = status.startsWith('1') || status === '204' || status === '304';
    const { body, length } = isWithoutBody
      ? { body: '', length: 0 }
      : field('transfer-encoding') === 'chunked'
        ? readChunks(after)
        : readLength(after, field('content-length'));
    if (!status.startsWith('1'))
      answers.push({ status: Number(status), type: field('content-type'), body: Buffer.from(body, 'latin1').toString() });
    rest = after.slice(length);
  }
  return answers;
}

function readLength(text: string, length: string): { body: string; length: number } {
  const body = length === '' ? text : text.slice(0, Number(length));
  // Of HEAD comes the length alone.
  return body.startsWith('HTTP/1.1 ') ? { body: '', length: 0 } : { body, length: body.length };
}

function readChunks(text: string): { body: string; length: number } {
  let [at, body] = [0, ''];
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    // It broke off, or this was the last.
    if (lineEnd === -1 || !(size > 0)) return { body, length: lineEnd === -1 ? text.length : lineEnd + 4 };
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
