import { once } from 'node:events';
import { connectChecked, createEgressPolicy } from '@deployguard/egress';
import type { Address } from '../targets/target.ts';

const answerSeconds = 2;
/** A handshake that ends before it says anything: who speaks TLS answers with an alert (RFC 8446, sections 5.1 and 6.2), others with words, or not. */
const emptyHello = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00]);
const [alert, handshake, majorVersion] = [0x15, 0x16, 0x03];

/** Whether who listens there begins with TLS. */
export async function speaksTls({ host, port }: Address): Promise<boolean> {
  try {
    const policy = createEgressPolicy({ allowHosts: [host] });
    const socket = await connectChecked(policy, host, port, { timeoutSeconds: answerSeconds });
    try {
      socket.write(emptyHello);
      const [[type, version]] = (await once(socket, 'data', { signal: AbortSignal.timeout(answerSeconds * 1000) })) as [Buffer];
      return (type === alert || type === handshake) && version === majorVersion;
    } finally {
      socket.destroy();
    }
  } catch {
    return false;
  }
}
