import { createServer } from 'node:http';

const { PORT = '3000', GREETING = 'Hello from Node' } = process.env;

const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok\n');
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  return response.end(`${GREETING}\n`);
});

server.listen(Number(PORT), () => console.log(`listening on ${PORT}`));

process.once('SIGTERM', () => server.close());
