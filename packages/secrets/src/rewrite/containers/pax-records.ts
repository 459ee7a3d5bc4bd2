/** One record of a pax header: `length key=value\n` (POSIX.1-2017 pax, "pax Header File Format"). */
export interface PaxRecord {
  readonly key: string;
  readonly value: Buffer;
}

/** `undefined` when the data is not made of records. */
export function parsePaxRecords(data: Buffer): PaxRecord[] | undefined {
  const records: PaxRecord[] = [];
  for (let at = 0; at < data.length;) {
    const [, length] = /^(\d{1,10}) /.exec(data.toString('latin1', at, at + 11)) ?? [];
    const end = at + Number(length);
    const equals = data.indexOf('=', at);
    // Zeros may pad the data.
    if (length === undefined) return data.subarray(at).every((byte) => byte === 0) ? records : undefined;
    if (end > data.length || data[end - 1] !== 0x0a || equals === -1 || equals >= end) return undefined;
    records.push({ key: data.toString('latin1', at + length.length + 1, equals), value: data.subarray(equals + 1, end - 1) });
    at = end;
  }
  return records;
}

/** The length in front counts its own digits. */
export function buildPaxRecords(records: readonly PaxRecord[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ key, value }) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return [Buffer.from(String(length)), rest];
    }),
  );
}
