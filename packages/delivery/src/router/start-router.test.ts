import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openRouter, startApplication } from '../../test/router-fixture.ts';
import { isCode } from '../../test/target-conformance.ts';
import { until } from '../../test/until.ts';
import { connectRouter } from './connect-router.ts';
import type { Route } from './router.ts';

const limit = { timeout: 120_000 };
const host = 'shop.localhost';

function routeTo(...upstreams: Route['upstreams']): Route {
  return { host, application: 'shop', release: 'one', upstreams };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function get(
  port: number,
  path = '/',
  headers: Record<string, string> = {},
  options: { method?: string; body?: string } = {},
): Promise<Answer> {
  const sent = ask({
    host: '127.0.0.1',
    port,
    path,
    method: options.method ?? 'GET',
    headers: { host, ...headers },
    agent: false,
  });
  sent.end(options.body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, headers: response.headers, body: (await response.toArray()).join('') };
}

test('a request reaches the application of its host name, and its answer comes back', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, async (request, response) => {
    response.writeHead(201, 'Made', { 'x-own': 'yes', 'set-cookie': ['a=1', 'b=2'] });
    response.end(`${request.method} ${request.url} ${(await request.toArray()).join('')}`);
  });
  await router.setRoute(routeTo(application.address));

  const answer = await get(port, '/path?query=1', { host: 'SHOP.localhost.:80' }, { method: 'POST', body: 'the body' });

  assert.equal(answer.status, 201);
  assert.equal(answer.body, 'POST /path?query=1 the body');
  assert.equal(answer.headers['x-own'], 'yes');
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
});

test('no request is lost on a connection that the application closes when it is used again', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const used = new WeakSet<object>();
  const application = await startApplication(context, (request, response) => {
    if (used.has(request.socket)) return void request.socket.destroy();
    used.add(request.socket);
    response.end('done');
  });
  await router.setRoute(routeTo(application.address));

  const statuses = [];
  for (const method of ['GET', 'GET', 'POST', 'POST', 'DELETE', 'POST']) statuses.push((await get(port, '/', {}, { method })).status);

  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200]);
});

test('several instances share the requests in turn', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const one = await startApplication(context, (_, response) => response.end('one'));
  const two = await startApplication(context, (_, response) => response.end('two'));
  await router.setRoute(routeTo(one.address, two.address));

  const bodies = [];
  for (let count = 0; count < 4; count++) bodies.push((await get(port)).body);

  assert.deepEqual(bodies, ['one', 'two', 'one', 'two']);
});

test('the router says why it has no answer of an application, to people and to programs', limit, async (context) => {
  const { router, port } = await openRouter(context, { answerMs: 300 });
  const silent = await startApplication(context, () => {});
  const broken = await startApplication(context, (request) => request.socket.destroy());
  const gone = await startApplication(context, (_, response) => response.end());
  gone.server.close();
  await once(gone.server, 'close');
  await router.setRoute(routeTo());
  await router.setRoute({ ...routeTo(silent.address), host: 'silent.localhost' });
  await router.setRoute({ ...routeTo(broken.address), host: 'broken.localhost' });
  await router.setRoute({ ...routeTo(gone.address), host: 'gone.localhost' });

  const found = [];
  for (const name of ['nobody.localhost', host, 'silent.localhost', 'broken.localhost', 'gone.localhost']) {
    const { status, headers } = await get(port, '/', { host: name });
    found.push([status, headers['x-deployguard-reason']]);
  }
  const page = await get(port, '/<script>', { host: 'nobody.localhost' });
  const problem = await get(port, '/', { host: 'nobody.localhost', accept: 'application/json' });

  assert.deepEqual(found, [
    [404, 'unknown-host'],
    [503, 'stopped'],
    [504, 'no-answer'],
    [502, 'broken-answer'],
    [502, 'not-reachable'],
  ]);
  assert.match(page.body, /No application has this name/);
  assert.doesNotMatch(page.body, /script/);
  assert.equal(problem.headers['content-type'], 'application/problem+json');
  assert.equal((JSON.parse(problem.body) as { code: string }).code, 'UNKNOWN_HOST');
});

test('the head of an answer is seen while its body is still awaited', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const { promise: seen, resolve: tell } = Promise.withResolvers<void>();
  const application = await startApplication(context, (_, response) => {
    response.writeHead(200).flushHeaders();
    void seen.then(() => response.end('body'));
  });
  await router.setRoute(routeTo(application.address));

  const sent = ask({ host: '127.0.0.1', port, headers: { host }, agent: false }).end();
  const [response] = (await once(sent, 'response', { signal: AbortSignal.timeout(20_000) })) as [IncomingMessage];
  tell();

  assert.equal(await text(response), 'body');
});

test('bodies flow both ways while they come, and events are seen at once', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    request.on('data', (chunk: Buffer) => response.write(`data: ${chunk.toString()}\n\n`));
    request.on('end', () => response.end());
  });
  await router.setRoute(routeTo(application.address));
  const sent = ask({ host: '127.0.0.1', port, method: 'POST', headers: { host }, agent: false });
  sent.write('first');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');

  const [first] = (await once(response, 'data')) as [string];
  sent.write('second');
  const [second] = (await once(response, 'data')) as [string];
  sent.end();
  await once(response, 'end');

  assert.deepEqual([first, second], ['data: first\n\n', 'data: second\n\n']);
});

test('a large answer arrives whole, also at a slow reader', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const application = await startApplication(context, (_, response) => {
    let left = 24;
    const more = (): void => {
      while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', more);
      response.end();
    };
    more();
  });
  await router.setRoute(routeTo(application.address));
  const sent = ask({ host: '127.0.0.1', port, headers: { host }, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];

  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    await new Promise(setImmediate);
  }

  assert.equal(bytes, 24 * 1024 * 1024);
});

test('a WebSocket is joined: what one side says the other one hears, and both end together', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end());
  let isClosed = false;
  application.server.on('upgrade', (request, socket, head: Buffer) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: for ${request.url}\r\n\r\n`,
    );
    socket.write(head);
    socket.pipe(socket);
    socket.on('close', () => (isClosed = true));
  });
  await router.setRoute(routeTo(application.address));
  const client = connect(port, '127.0.0.1');
  let heard = '';
  client.on('data', (data) => (heard += data.toString('latin1')));

  client.write(`GET /live HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\nearly`);
  await until('the early bytes come back', () => heard.endsWith('early'));
  client.write('later');
  await until('later ones do', () => heard.endsWith('later'));
  client.destroy();
  await until('the application is told', () => isClosed);

  assert.match(heard, /^HTTP\/1\.1 101 /);
  assert.match(heard, /Sec-WebSocket-Accept: for \/live/i);
});

test('an application that does not want a WebSocket answers as it likes', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.writeHead(426).end('no'));
  await router.setRoute(routeTo(application.address));
  const client = connect(port, '127.0.0.1');
  let heard = '';
  client.on('data', (data) => (heard += data.toString('latin1')));

  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  await once(client, 'close');

  assert.match(heard, /^HTTP\/1\.1 426 /);
});

test('N15 a connection on which a WebSocket was refused is not kept by a client that goes on talking', limit, async (context) => {
  const { port } = await openRouter(context);
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  context.after(() => client.destroy());
  client.resume().on('error', () => {});
  let isClosed = false;
  client.on('close', () => (isClosed = true));

  client.write('GET / HTTP/1.1\r\nHost: nobody.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(client, 'end');
  const talking = setInterval(() => client.write('x'), 100);
  context.after(() => clearInterval(talking));

  await until('the router has closed it', () => isClosed);
});

test('a connection that the application closed while it was idle costs nobody an answer', limit, async (context) => {
  const { router, port } = await openRouter(context);
  let served = 0;
  const application = await startApplication(context, (request, response) => {
    served++;
    // Answers, and closes at the moment at which the next request comes.
    response.end('fine');
    request.socket.once('data', () => request.socket.destroy());
  });
  await router.setRoute(routeTo(application.address));

  const answers = [];
  for (let count = 0; count < 6; count++) answers.push((await get(port)).status);

  assert.deepEqual(answers, [200, 200, 200, 200, 200, 200]);
  assert.ok(served >= 6);
});

test('what changes something is not sent twice', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (request) => request.socket.destroy());
  await router.setRoute(routeTo(application.address));

  const answer = await get(port, '/', {}, { method: 'POST', body: 'pay' });

  assert.equal(answer.status, 502);
  assert.equal(application.requests.length, 1);
});

test('a switch leaves requests under way where they are, and drain waits for them', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const finish: (() => void)[] = [];
  const old = await startApplication(context, (_, response) => void finish.push(() => response.end('old')));
  const fresh = await startApplication(context, (_, response) => response.end('new'));
  await router.setRoute(routeTo(old.address));
  const slow = get(port);
  await until('the old one has the request', () => finish.length === 1);

  await router.setRoute({ ...routeTo(fresh.address), release: 'two' });
  const next = await get(port);
  let isDrained = false;
  const draining = router.drain([old.address], { limitMs: 60_000 }).then((cut) => {
    isDrained = true;
    return cut;
  });
  const last = await get(port);
  const before = isDrained;
  finish[0]!();

  assert.deepEqual([next.body, last.body, (await slow).body], ['new', 'new', 'old']);
  assert.equal(before, false);
  assert.equal(await draining, 0);
});

test('what has not ended within the limit of a drain is cut off, and counted', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, () => {});
  await router.setRoute(routeTo(application.address));
  const hanging = get(port);
  await until('it is under way', () => application.requests.length === 1);

  const cut = await router.drain([application.address], { limitMs: 50 });

  assert.equal(cut, 1);
  assert.equal((await hanging).headers['x-deployguard-reason'], 'cut-off');
});

test('a client that goes away takes its request along', limit, async (context) => {
  const { router, port } = await openRouter(context);
  let isClosed = false;
  const application = await startApplication(context, (request) => request.on('close', () => (isClosed = true)));
  await router.setRoute(routeTo(application.address));
  const sent = ask({ host: '127.0.0.1', port, headers: { host }, agent: false }).end();
  sent.on('error', () => {});
  await until('it is under way', () => application.requests.length === 1);

  sent.destroy();

  await until('the application is told', () => isClosed);
});

test('routes are there again after a restart; a file that cannot be read is kept aside and told', limit, async (context) => {
  const first = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end('here'));
  await first.router.setRoute(routeTo(application.address));
  await first.router.setRoute({ ...routeTo(), host: 'other.localhost' });
  await first.router.removeRoute('other.localhost');
  await first.router.close({ limitMs: 0 });

  const second = await openRouter(context, { directory: first.directory });
  const answer = await get(second.port);
  await second.router.close({ limitMs: 0 });
  writeFileSync(first.tablePath, '{"version":1,"routes":[{"host":"../x"');
  const third = await openRouter(context, { directory: first.directory });

  assert.equal(answer.body, 'here');
  assert.deepEqual(await third.router.listRoutes(), []);
  assert.equal(third.warnings.length, 1);
  assert.match(readFileSync(`${first.tablePath}.damaged`, 'utf8'), /version/);
});

test('on a full disk no users are led anywhere new, and what is to end is led to no more', limit, async (context) => {
  const { router, tablePath, directory, warnings } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end('here'));
  await router.setRoute(routeTo(application.address));
  await router.setRoute({ ...routeTo(application.address), host: 'other.localhost' });
  symlinkSync('/dev/full', `${tablePath}.new`);

  await assert.rejects(router.setRoute({ ...routeTo(application.address), host: 'new.localhost' }), { code: 'ENOSPC' });
  await router.setRoute(routeTo());
  await router.removeRoute('other.localhost');
  const routes = await router.listRoutes();
  rmSync(`${tablePath}.new`);
  await router.setRoute(routeTo());
  await router.close({ limitMs: 0 });
  const reopened = await openRouter(context, { directory });

  assert.deepEqual(routes, [routeTo()]);
  assert.deepEqual(await reopened.router.listRoutes(), [routeTo()]);
  assert.match(warnings.join('\n'), /could not be written: ENOSPC/);
});

test('orders come through a socket that only the own user may open', limit, async (context) => {
  const { controlPath, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end('here'));
  const remote = connectRouter({ controlPath });

  await remote.setRoute(routeTo(application.address));
  const found = await remote.getRoute(host);
  const answer = await get(port);
  const cut = await remote.drain([application.address], { limitMs: 1000 });
  await remote.removeRoute(host);

  assert.deepEqual(found, routeTo(application.address));
  assert.equal(answer.body, 'here');
  assert.equal(cut, 0);
  assert.deepEqual(await remote.listRoutes(), []);
  assert.equal(statSync(controlPath).mode & 0o777, 0o600);
});

test('a second router does not push the first one aside; orders to none are an error of the platform', limit, async (context) => {
  const { directory, controlPath } = await openRouter(context);

  await assert.rejects(openRouter(context, { directory }), isCode('ROUTER_UNREACHABLE'));
  await assert.rejects(connectRouter({ controlPath: join(directory, 'nobody') }).listRoutes(), isCode('ROUTER_UNREACHABLE'));
  assert.deepEqual(await connectRouter({ controlPath }).listRoutes(), []);
});

test('orders that are no orders change nothing', limit, async (context) => {
  const { controlPath } = await openRouter(context);
  const remote = connectRouter({ controlPath });
  const wrong = [
    { ...routeTo(), host: 'a b' },
    { ...routeTo(), host: '' },
    { ...routeTo(), upstreams: [{ host: '127.0.0.1', port: 70_000 }] },
    { ...routeTo(), upstreams: [{ host: 'x/y', port: 80 }] },
  ];

  for (const route of wrong) await assert.rejects(remote.setRoute(route), isCode('ROUTER_UNREACHABLE'));

  assert.deepEqual(await remote.listRoutes(), []);
});
