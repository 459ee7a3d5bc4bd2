import fc from 'fast-check';

/** A request as it goes out: bytes, whatever they are. */
export interface RawRequest {
  readonly method: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND', 'LOCK', 'PURGE'] as const;
const mediaTypes = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'APPLICATION/JSON',
  'application/x-git-bundle',
  'application/merge-patch+json',
  '*/*',
  ';',
  '',
];
const headers: Readonly<Record<string, readonly string[]>> = {
  accept: ['', 'text/html', 'application/xml;q=0', '*/*;q=nonsense', 'a'.repeat(4000)],
  'accept-encoding': ['br', 'gzip;q=0', '*;q=0', 'deflate, gzip;q=1.0, *;q=0.5', 'x'.repeat(1000)],
  'content-encoding': ['gzip', 'br', 'identity', 'nonsense'],
  'idempotency-key': ['', ' ', 'a b', '"quoted"', 'x'.repeat(300), 'same', '\u00ff'],
  'if-none-match': ['*', 'W/"1"'],
  'last-event-id': ['-1', '1e9', '0', 'x', '9'.repeat(30)],
  range: ['bytes=0-', 'bytes=5-1', 'lines=1-2'],
  origin: ['null', 'https://evil.example', 'file://', 'http://[::1'],
  'x-forwarded-for': ['127.0.0.1', '::1, 10.0.0.1', "' or 1=1", 'x'.repeat(2000)],
  'x-http-method-override': ['DELETE'],
  'x-original-url': ['/api/v2/health'],
  'x-request-id': ['', 'a'.repeat(500), '{"a":1}', '\u00e9'],
  'x-user-id': ['mallory', ''],
};
const bodies: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  '',
  ' ',
  'null',
  '{',
  '{"a":1,}',
  '{"a":1}{"a":2}',
  '\ufeff{}',
  '{"a":"\\ud800"}',
  '{"a":1e999999}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  `{"${'k'.repeat(100_000)}":1}`,
  JSON.stringify('x'.repeat(900_000)),
  JSON.stringify(Array.from({ length: 50_000 }, (_, index) => index)),
  'x'.repeat(1_200_000),
  new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  new Uint8Array(1000),
];
const addresses: readonly ((address: string) => string)[] = [
  (address) => `${address}/`,
  (address) => `/${address}`,
  (address) => `${address}/../../health`,
  (address) => `${address}%2f..%2f..`,
  (address) => `${address}%00`,
  (address) => `${address}%ff`,
  (address) => `${address}?${'a=1&'.repeat(500)}`,
  (address) => `${address}?a[b]=1&__proto__[c]=2`,
  (address) => `${address}?limit=1&limit=2`,
  (address) => `${address};a=1`,
  (address) => address.toUpperCase(),
  (address) => address.replace('/api/', '/api//'),
  (address) => `/${address.slice(1).replaceAll('/', '%2f')}`,
  (address) => `${address}${'/x'.repeat(2000)}`,
];

/** The request with something about it that no client of good will does. */
export function makeOdd(requests: fc.Arbitrary<RawRequest>): fc.Arbitrary<RawRequest> {
  const oddHeader = fc
    .constantFrom(...Object.keys(headers))
    .chain((name) => fc.constantFrom(...headers[name]!).map((value) => ({ [name]: value })));
  const change = fc.oneof<fc.Arbitrary<(request: RawRequest) => RawRequest>[]>(
    fc.constantFrom(...methods).map((method) => (request) => ({ ...request, method })),
    fc.constantFrom(...mediaTypes).map((type) => (request) => ({ ...request, headers: { ...request.headers, 'content-type': type } })),
    oddHeader.map((header) => (request) => ({ ...request, headers: { ...request.headers, ...header } })),
    fc.constantFrom(...bodies).map((body) => (request) => ({ ...request, body })),
    fc.constantFrom(...addresses).map((alter) => (request) => ({ ...request, address: alter(request.address) })),
    fc.nat().map((position) => (request) => ({ ...request, ...repeatKey(request.body, position) })),
  );
  return fc
    .tuple(requests, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([request, changes]) => changes.reduce((made, alter) => alter(made), request))
    .map(withoutImpossible);
}

/** A property twice, or a text that breaks off. */
function repeatKey(body: RawRequest['body'], position: number): Pick<RawRequest, 'body'> {
  if (typeof body !== 'string' || !body.startsWith('{"')) return {};
  return { body: position % 2 === 0 ? `${body.slice(0, -1)},${body.slice(1)}` : body.slice(0, position % body.length) };
}

/** What the client of the tests cannot send: a body where methods have none. */
function withoutImpossible({ body, ...request }: RawRequest): RawRequest {
  return body === undefined || ['GET', 'HEAD'].includes(request.method) ? request : { ...request, body };
}
