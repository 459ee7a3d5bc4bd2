import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** An ssh server as far as proving its key (RFC 4253, RFC 8731): enough to see whether a client accepts it. It ends the connection then. */
export interface TestSshServer extends AsyncDisposable {
  readonly port: number;
  /** As in known_hosts, behind the host. */
  readonly hostKey: string;
  readonly connections: number;
  /** How many clients went on after they had seen the key. */
  readonly acceptances: number;
}

const version = 'SSH-2.0-Test';
const message = { keyExchangeInit: 20, newKeys: 21, ecdhInit: 30, ecdhReply: 31 } as const;

export async function startTestSshServer(): Promise<TestSshServer> {
  const hostKey = generateKeyPairSync('ed25519').privateKey;
  const hostKeyBlob = Buffer.concat([string('ssh-ed25519'), string(rawPublicKey(hostKey))]);
  const sockets = new Set<Socket>();
  let connections = 0;
  let acceptances = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    proveKey(socket, hostKey, hostKeyBlob)
      .then((isAccepted) => (acceptances += isAccepted ? 1 : 0))
      .finally(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `ssh-ed25519 ${hostKeyBlob.toString('base64')}`,
    get connections() {
      return connections;
    },
    get acceptances() {
      return acceptances;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Whether the client sent its new keys, which it does only after it has accepted ours. */
async function proveKey(socket: Socket, hostKey: KeyObject, hostKeyBlob: Buffer): Promise<boolean> {
  const read = createReader(socket);
  socket.write(`${version}\r\n`);
  const clientVersion = (await read.line()).replace(/\r$/, '');
  const names = ['curve25519-sha256', 'ssh-ed25519', 'aes128-ctr', 'aes128-ctr', 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', ''];
  const init = Buffer.concat([
    Buffer.from([message.keyExchangeInit]),
    randomBytes(16),
    ...names.map((name) => string(name)),
    Buffer.alloc(5),
  ]);
  socket.write(packet(init));
  const clientInit = await read.packet();

  const ecdhInit = await read.packet();
  if (ecdhInit[0] !== message.ecdhInit) return false;
  const clientKey = ecdhInit.subarray(5, 37);
  const ephemeral = generateKeyPairSync('x25519').privateKey;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: clientKey.toString('base64url') }, format: 'jwk' });
  const secret = diffieHellman({ privateKey: ephemeral, publicKey });
  const serverKey = rawPublicKey(ephemeral);
  const exchanged = [clientVersion, version, clientInit, init, hostKeyBlob, clientKey, serverKey, mpint(secret)];
  const hash = createHash('sha256')
    .update(Buffer.concat(exchanged.map((part) => string(part))))
    .digest();
  const signature = Buffer.concat([string('ssh-ed25519'), string(sign(null, hash, hostKey))]);
  socket.write(packet(Buffer.concat([Buffer.from([message.ecdhReply]), string(hostKeyBlob), string(serverKey), string(signature)])));
  socket.write(packet(Buffer.from([message.newKeys])));
  return (await read.packet())[0] === message.newKeys;
}

function createReader(socket: Socket): { line(): Promise<string>; packet(): Promise<Buffer> } {
  let buffer = Buffer.alloc(0);
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  async function take(length: () => number): Promise<Buffer> {
    while (length() < 0 || buffer.length < length()) {
      const next = await chunks.next();
      if (next.done === true) return Buffer.alloc(0);
      buffer = Buffer.concat([buffer, next.value]);
    }
    const taken = buffer.subarray(0, length());
    buffer = buffer.subarray(taken.length);
    return taken;
  }
  return {
    line: async () => (await take(() => buffer.indexOf('\n') + 1 || -1)).toString('latin1').trimEnd(),
    async packet() {
      const whole = await take(() => (buffer.length < 4 ? -1 : 4 + buffer.readUInt32BE(0)));
      return whole.length === 0 ? whole : whole.subarray(5, whole.length - whole[4]!);
    },
  };
}

/** RFC 4253, 6: length, padding length, payload, padding to a multiple of eight. */
function packet(payload: Buffer): Buffer {
  const padding = 8 - ((payload.length + 5) % 8) + (8 - ((payload.length + 5) % 8) < 4 ? 8 : 0);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The content of an mpint (RFC 4251, 5): no needless zeros, and one when the highest bit would make it negative. */
function mpint(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const trimmed = bytes.subarray(Math.max(0, start));
  return trimmed[0]! & 0x80 ? Buffer.concat([Buffer.alloc(1), trimmed]) : trimmed;
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url');
}
