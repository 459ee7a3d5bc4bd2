import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { checkImportRequest } from './check-import-request.ts';
import { PhoenixInventory } from './phoenix-inventory.ts';
import type { ImportRequest } from './phoenix-inventory.ts';
import { getTestCertificate } from './test-certificate.ts';

export interface TestPhoenixOptions {
  /** Bodies that are said to be larger than this are answered with 413 before they are read. Default 20,000,000. */
  readonly maxBodyBytes?: number;
  /** How long a token is good for. Default 3600. */
  readonly tokenSeconds?: number;
  /** Serves over TLS, with a certificate that `authority` signed. */
  readonly isSecure?: boolean;
}

type Operation = 'token' | 'import' | 'translate' | 'poll';

/** Something that goes wrong. */
export interface PhoenixFault {
  readonly on: Operation;
  /** Requests of the operation that go well before. Default 0. */
  readonly after?: number;
  /** Default 1. */
  readonly times?: number;
  /** An answer, no answer at all, or the end of the connection. */
  readonly with: FaultAnswer | 'silence' | 'disconnection';
  /** Whether the request is carried out all the same. Default false. */
  readonly isCarriedOut?: boolean;
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON of anything but a text. The credentials stand in place of `{authorization}`. */
  readonly body?: unknown;
}

/** What came in, and what became of it; 0 stands for no answer. */
export interface PhoenixRequestRecord {
  readonly operation: Operation | undefined;
  readonly status: number;
  readonly bytes: number;
  /** Of the body that was read. */
  readonly digest: string;
}

/** A file that was given for translation. */
export interface TestTranslation {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly fileName: string;
  readonly content: string;
}

/**
 * Stands in for the Phoenix Security API, written from its published description (version 1.27): strict about what it is sent, and true in
 * what becomes of findings.
 */
export interface TestPhoenix extends AsyncDisposable {
  readonly url: string;
  /** The authority to trust (PEM), when it is secure. */
  readonly authority: string | undefined;
  /** Made anew for each server. */
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly inventory: PhoenixInventory;
  readonly requests: readonly PhoenixRequestRecord[];
  /** That were carried out, in their order. */
  readonly imports: readonly ImportRequest[];
  readonly translations: readonly TestTranslation[];
  fail(fault: PhoenixFault): void;
  /** No token is good any more. */
  expireTokens(): void;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export async function startTestPhoenix(options: TestPhoenixOptions = {}): Promise<TestPhoenix> {
  const { maxBodyBytes = 20_000_000, tokenSeconds = 3600 } = options;
  const credentials = {
    clientId: `client-${randomBytes(8).toString('hex')}`,
    clientSecret: ['pat1', randomBytes(20).toString('hex')].join('_'),
  };
  const basic = `Basic ${Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64')}`;
  const inventory = new PhoenixInventory();
  const requests: PhoenixRequestRecord[] = [];
  const imports: ImportRequest[] = [];
  const translations: TestTranslation[] = [];
  const polls = new Map<string, number>();
  const tokens = new Map<string, number>();
  const faults: { fault: PhoenixFault; before: number; left: number }[] = [];

  const listener: RequestListener = (request, response) => {
    serve(request, response).catch(() => response.destroy());
  };
  const certificate = options.isSecure ? await getTestCertificate() : undefined;
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.certificate }, listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    authority: certificate?.authority,
    credentials,
    inventory,
    requests,
    imports,
    translations,
    fail: (fault) => void faults.push({ fault, before: fault.after ?? 0, left: fault.times ?? 1 }),
    expireTokens: () => tokens.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = findOperation(request);
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBodyBytes) {
      // Gateways do not wait for what they will not take.
      requests.push({ operation, status: 413, bytes: announced, digest: '' });
      send(response, {
        status: 413,
        headers: { connection: 'close' },
        body: '<html><body><h1>413 Request Entity Too Large</h1></body></html>',
      });
      return;
    }
    const body = await readBody(request);
    const note = (status: number): void =>
      void requests.push({ operation, status, bytes: body.bytes, digest: createHash('sha256').update(body.content).digest('hex') });
    const fault = operation && takeFault(operation);
    if (fault === undefined) {
      const answer = await carryOut(operation, request, body);
      note(answer.status);
      send(response, answer);
      return;
    }
    if (fault.isCarriedOut) await carryOut(operation, request, body);
    if (typeof fault.with === 'string') {
      note(0);
      if (fault.with === 'disconnection') response.destroy();
      return;
    }
    note(fault.with.status);
    send(response, fault.with, request.headers.authorization);
  }

  function takeFault(operation: Operation): PhoenixFault | undefined {
    const found = faults.find(({ fault, left }) => fault.on === operation && left > 0);
    if (found === undefined) return undefined;
    if (found.before > 0) {
      found.before--;
      return undefined;
    }
    found.left--;
    return found.fault;
  }

  async function carryOut(operation: Operation | undefined, request: IncomingMessage, body: Body): Promise<Answer> {
    if (operation === undefined) return { status: 404, body: { message: 'Not found' } };
    if (operation === 'token') return issueToken(request.headers);
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if ((tokens.get(token) ?? 0) < Date.now()) return { status: 401, body: { message: 'Token missing, incorrect or expired' } };
    if (operation === 'import') return importAssets(request.headers, body);
    return operation === 'translate' ? await translate(request.headers, body) : tell(request.url!);
  }

  function issueToken(headers: IncomingHttpHeaders): Answer {
    if (headers.authorization !== basic) return { status: 401, body: { message: 'Unauthorized' } };
    const token = randomBytes(24).toString('base64url');
    const end = Date.now() + tokenSeconds * 1000;
    tokens.set(token, end);
    return { status: 200, body: { token, expiry: Math.floor(end / 1000) } };
  }

  function importAssets(headers: IncomingHttpHeaders, { content }: Body): Answer {
    if (headers['content-type'] !== 'application/json') return { status: 400, body: { message: 'Content-Type must be application/json' } };
    let value: unknown;
    try {
      value = JSON.parse(content.toString('utf8'));
    } catch {
      return { status: 400, body: { message: 'The body is no JSON' } };
    }
    const fault = checkImportRequest(value);
    if (fault !== undefined) return { status: 400, body: { message: fault } };
    inventory.apply(value as ImportRequest);
    imports.push(value as ImportRequest);
    return { status: 200, body: { id: randomUUID() } };
  }

  async function translate(headers: IncomingHttpHeaders, { content }: Body): Promise<Answer> {
    const form = await new Response(new Uint8Array(content), { headers: { 'content-type': headers['content-type'] ?? '' } })
      .formData()
      .catch(() => undefined);
    if (form === undefined) return { status: 400, body: { message: 'The body is no form' } };
    const file = form.get('file');
    const fields = Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    const fault = checkFields(fields);
    if (fault !== undefined || file === null || typeof file === 'string')
      return { status: 400, body: { message: fault ?? 'file is required' } };
    const id = randomUUID();
    translations.push({ id, fields, fileName: file.name, content: await file.text() });
    return { status: 200, body: { id } };
  }

  /** The first time it is still translating. */
  function tell(url: string): Answer {
    const id = url.slice(url.lastIndexOf('/') + 1);
    const translation = translations.find((each) => each.id === id);
    if (translation === undefined) return { status: 404, body: { message: 'Not found' } };
    const count = (polls.get(id) ?? 0) + 1;
    polls.set(id, count);
    const end = translation.fields['autoImport'] === 'false' ? 'READY_FOR_IMPORT' : 'IMPORTED';
    return { status: 200, body: { status: count === 1 ? 'TRANSLATING' : end } };
  }
}

function findOperation({ method, url = '' }: IncomingMessage): Operation | undefined {
  const known: Readonly<Record<string, Operation>> = {
    'GET /v1/auth/access_token': 'token',
    'POST /v1/import/assets': 'import',
    'POST /v1/import/assets/file/translate': 'translate',
  };
  if (method === 'GET' && url.startsWith('/v1/import/assets/file/translate/request/')) return 'poll';
  return known[`${method} ${url}`];
}

function checkFields(fields: Readonly<Record<string, string>>): string | undefined {
  const names = ['scanType', 'assessmentName', 'importType', 'scanTarget', 'autoImport', 'repository'];
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) return `${unknown} is not known`;
  const missing = ['scanType', 'assessmentName', 'importType'].find((name) => !fields[name]);
  if (missing !== undefined) return `${missing} is required`;
  if (!/^(?:new|merge|delta)$/.test(fields['importType']!)) return 'importType must be new, merge or delta';
  return /^(?:true|false)$/.test(fields['autoImport'] ?? 'true') ? undefined : 'autoImport must be true or false';
}

interface Body {
  readonly content: Buffer;
  readonly bytes: number;
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  return { content, bytes: content.length };
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer, authorization = ''): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const [, credentials = ''] = authorization.split(' ');
  response.writeHead(status, headers).end(text.replaceAll('{authorization}', credentials));
}
