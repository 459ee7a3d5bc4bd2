// An application whose behaviour is chosen by its environment. Plain JavaScript without dependencies: it runs wherever Node does.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const { BEHAVIOR = 'serve', PORT = '0', VERSION = '1' } = process.env;
const port = Number(PORT);

const behaviors = {
  serve: () => listen(port),
  'other-port': () => listen(port + 1),
  silent: () => setInterval(() => {}, 1000),
  sick: () => listen(port, 500),
  crash() {
    console.error('cannot start: no database');
    process.exit(7);
  },
  stubborn() {
    process.on('SIGTERM', () => console.log('not yet'));
    listen(port);
  },
  /** Ends well, but only some time after it was asked to. */
  patient() {
    process.on('SIGTERM', () => {
      console.log('finishing');
      setTimeout(() => {
        console.log('finished');
        process.exit(0);
      }, 300);
    });
    listen(port);
  },
  /** Leaves a process of a session of its own behind. */
  runaway() {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    child.unref();
    console.log(`runaway ${child.pid}`);
    listen(port);
  },
  /** Its own memory is small; that of what it started and left is not. */
  hungryRunaway() {
    spawn(process.execPath, [process.argv[1]], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, BEHAVIOR: 'hungry', PORT: '0' },
    }).unref();
    listen(port);
  },
  hungry() {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 20);
    listen(port);
  },
};
behaviors[BEHAVIOR]();

function listen(where, healthStatus = 200) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://application');
    if (pathname === '/crash') process.exit(3);
    if (pathname === '/health') response.statusCode = healthStatus;
    if (pathname === '/print') {
      console.log(`printed: ${process.env['PRINT'] ?? ''}`);
      console.error('complained');
    }
    if (pathname === '/redirect') return void response.writeHead(302, { location: 'http://192.0.2.1/' }).end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version: VERSION, host: request.headers.host, env: process.env['GREETING'] ?? null }));
  });
  server.listen(where, () => console.log(`listening on ${where}`));
}
