// What passing bytes on costs by itself: a connection to the application for each that comes, and nothing is looked at.
import { connect, createServer } from 'node:net';

const port = Number(process.argv[2]);
const server = createServer((client) => {
  const application = connect(port, '127.0.0.1');
  client.on('error', () => application.destroy());
  application.on('error', () => client.destroy());
  client.pipe(application).pipe(client);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
