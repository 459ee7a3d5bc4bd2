import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listening = '0A';

/** Ports on which somebody on this machine listens. */
export function listTakenPorts(): ReadonlySet<number> {
  return new Set(readSockets('/proc/self/net').map(({ port }) => port));
}

/** TCP ports on which any of these processes listens. */
export function listListeningPorts(pids: readonly number[]): readonly number[] {
  const [first] = pids;
  if (first === undefined) return [];
  const inodes = new Set(pids.flatMap((pid) => listSocketInodes(pid)));
  const ports = readSockets(`/proc/${first}/net`)
    .filter(({ inode }) => inodes.has(inode))
    .map(({ port }) => port);
  return [...new Set(ports)].sort((one, other) => one - other);
}

export interface NamespacePort {
  readonly port: number;
  /** Nobody outside of this network gets there. */
  readonly isLoopback: boolean;
}

/** TCP ports on which anybody listens in the network of this process, such as a container; undefined where it cannot be seen from here. */
export function listNamespacePorts(pid: number): readonly NamespacePort[] | undefined {
  if (!(pid > 0) || !existsSync(`/proc/${pid}/net/tcp`)) return undefined;
  const byPort = Map.groupBy(readSockets(`/proc/${pid}/net`), ({ port }) => port);
  return [...byPort]
    .map(([port, sockets]) => ({ port, isLoopback: sockets.every(({ address }) => loopback.test(address)) }))
    .sort((one, other) => one.port - other.port);
}

/** 127.0.0.0/8, also as an address of version 6, and ::1: groups of four bytes in the order of little-endian machines (proc(5)). */
const loopback = /^(?:0{16}F{4}0{4})?[\dA-F]{6}7F$|^0{24}01000000$/;

/** Sockets that listen, from tables whose columns proc(5) describes. */
function readSockets(directory: string): readonly { readonly address: string; readonly port: number; readonly inode: string }[] {
  return ['tcp', 'tcp6'].flatMap((name) => {
    let table: string;
    try {
      table = readFileSync(`${directory}/${name}`, 'latin1');
    } catch {
      return [];
    }
    return table
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === listening)
      .map((columns) => {
        const [address = '', port = ''] = columns[1]!.split(':');
        return { address, port: Number.parseInt(port, 16), inode: columns[9]! };
      });
  });
}

function listSocketInodes(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
