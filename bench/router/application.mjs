// The application behind the router: answers of two sizes, and connections that say back what they hear.
import { createServer } from 'node:http';

const bodies = { '/small': Buffer.alloc(1024, 'x'), '/large': Buffer.alloc(1024 * 1024, 'x') };

const server = createServer((request, response) => {
  const body = bodies[request.url] ?? Buffer.from(process.env.VERSION ?? '');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
  response.end(body);
});
server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  socket.write(head);
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
