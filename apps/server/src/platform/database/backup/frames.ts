import { DatabaseError } from '../database-error.ts';

/** What a backup says of itself, first. */
export interface BackupHeader {
  readonly format: 1;
  readonly createdAt: string;
  readonly migrations: readonly { readonly version: number; readonly name: string; readonly checksum: string }[];
}

/** The parts of a backup, in order: the header; for each table its name and columns, its rows as COPY has them, its count; the end. */
export type Frame =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly name: string; readonly columns: readonly string[] }
  | { readonly kind: 'rows'; readonly data: Buffer }
  | { readonly kind: 'count'; readonly rows: number }
  | { readonly kind: 'end'; readonly tables: number };

// A frame: one letter, the length (4 bytes), then the rows or JSON.
const rowsLetter = 0x52;
const jsonLetter = 0x4a;
const headBytes = 5;

export function encodeFrame(frame: Frame): Buffer {
  const body = frame.kind === 'rows' ? frame.data : Buffer.from(JSON.stringify(frame));
  const head = Buffer.alloc(headBytes);
  head[0] = frame.kind === 'rows' ? rowsLetter : jsonLetter;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** @throws {DatabaseError} BACKUP_UNREADABLE. */
export async function* decodeFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let held = Buffer.alloc(0);
  for await (const piece of source) {
    held = Buffer.concat([held, piece]);
    while (held.length >= headBytes) {
      const end = headBytes + held.readUInt32BE(1);
      if (held.length < end) break;
      const body = held.subarray(headBytes, end);
      yield held[0] === rowsLetter ? { kind: 'rows', data: body } : (JSON.parse(body.toString('utf8')) as Frame);
      held = held.subarray(end);
    }
  }
  if (held.length > 0) throw new DatabaseError('BACKUP_UNREADABLE', 'The backup ends in the middle of a table.');
}
