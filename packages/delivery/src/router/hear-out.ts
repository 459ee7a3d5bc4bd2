import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

type Done = (error?: Error | null) => void;

/**
 * Makes connections on which the other side is heard out before a failed write ends them: who answers and closes without reading all that is sent
 * to it makes the next write fail, while its answer still waits to be read.
 */
export function hearOut(connect: buildConnector.connector): buildConnector.connector {
  return (where, callback) =>
    connect(where, (...result) => {
      if (result[0] === null) holdBackFailures(result[1]);
      callback(...result);
    });
}

/** A write that failed since the other side is gone is told when all that it said has been read. */
function holdBackFailures(socket: Socket): void {
  const { _write: write, _writev: writeAll } = socket;
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, later(done));
  socket._writev = (chunks, done) => writeAll!.call(socket, chunks, later(done));

  function later(done: Done): Done {
    return (error) => {
      if (error != null && isGone(error)) socket.once('end', () => done(error));
      else done(error);
    };
  }
}

function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
