import { hash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { PhoenixAsset } from './to-asset.ts';

const bufferBytes = 1 << 20;

/** As many as a number holds exactly. */
const digestDigits = 13;

/** An asset, and where its findings stand in the order of the spool. */
export interface SpooledAsset extends PhoenixAsset {
  readonly from: number;
  /** The one after the last. */
  readonly to: number;
}

/**
 * Holds findings by asset, however many and in whatever order they come: their texts in a file, of each only 24 bytes in memory. What is in it stands in
 * one order that depends on nothing but the findings. The file has no name any more when it is opened, so nothing is left of it when the
 * process ends, however it does.
 */
export class AssetSpool implements Disposable {
  readonly #file: number;
  readonly #assets = new Map<string, { readonly asset: PhoenixAsset; readonly number: number }>();
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #buffered = 0;
  #written = 0;
  #count = 0;
  #records = createRecords(1024);
  #order: Uint32Array = new Uint32Array(0);

  constructor(workDirectory: string) {
    const directory = mkdtempSync(join(workDirectory, 'phoenix-'));
    try {
      this.#file = openSync(join(directory, 'findings'), 'wx+', 0o600);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  get findingCount(): number {
    return this.#count;
  }

  get assetCount(): number {
    return this.#assets.size;
  }

  /** Adds an asset, which may get findings or not; its number. */
  addAsset(asset: PhoenixAsset): number {
    const key = `${asset.type}\0${asset.identity}`;
    const known = this.#assets.get(key);
    const number = known?.number ?? this.#assets.size;
    if (known === undefined) this.#assets.set(key, { asset, number });
    else if (isDifferent(known.asset, asset)) this.#assets.set(key, { asset: mergeAttributes(known.asset, asset), number });
    return number;
  }

  /** Adds a finding of an asset, as the JSON that will be sent. */
  add(asset: PhoenixAsset, json: string): void {
    const number = this.addAsset(asset);
    if (this.#count === this.#records.assets.length) this.#records = grow(this.#records);
    const bytes = Buffer.from(json);
    this.#records.assets[this.#count] = number;
    this.#records.offsets[this.#count] = this.#written + this.#buffered;
    this.#records.lengths[this.#count] = bytes.length;
    this.#records.digests[this.#count] = Number.parseInt(hash('sha256', bytes, 'hex').slice(0, digestDigits), 16);
    this.#count++;
    this.#write(bytes);
  }

  /** Ends the adding: all assets in order, each with the range of its findings. */
  settle(): SpooledAsset[] {
    this.#flush();
    const { assets, digests } = this.#records;
    const sorted = [...this.#assets.values()].sort(
      (a, b) => compare(a.asset.type, b.asset.type) || compare(a.asset.identity, b.asset.identity),
    );
    const ranks = new Uint32Array(sorted.length);
    for (const [rank, { number }] of sorted.entries()) ranks[number] = rank;
    this.#order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    this.#order.sort((a, b) => ranks[assets[a]!]! - ranks[assets[b]!]! || digests[a]! - digests[b]!);

    let to = 0;
    return sorted.map(({ asset, number }) => {
      const from = to;
      while (to < this.#count && assets[this.#order[to]!] === number) to++;
      return { ...asset, from, to };
    });
  }

  /** Bytes of the finding at a place of the order. */
  lengthAt(place: number): number {
    return this.#records.lengths[this.#order[place]!]!;
  }

  /** Tells the finding at a place of the order from others. */
  digestAt(place: number): number {
    return this.#records.digests[this.#order[place]!]!;
  }

  /** Writes the finding at a place of the order to `target`; returns where it ends there. */
  copy(place: number, target: Buffer, at: number): number {
    const index = this.#order[place]!;
    const length = this.#records.lengths[index]!;
    const offset = this.#records.offsets[index]!;
    for (let done = 0; done < length;) {
      const read = readSync(this.#file, target, at + done, length - done, offset + done);
      if (read === 0) throw new Error('The file of findings was cut.');
      done += read;
    }
    return at + length;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) {
      if (this.#buffered === bufferBytes) this.#flush();
      const copied = bytes.copy(this.#buffer, this.#buffered, done);
      this.#buffered += copied;
      done += copied;
    }
  }

  #flush(): void {
    for (let done = 0; done < this.#buffered;)
      done += writeSync(this.#file, this.#buffer, done, this.#buffered - done, this.#written + done);
    this.#written += this.#buffered;
    this.#buffered = 0;
  }
}

/** By the number of the finding. */
interface Records {
  readonly assets: Uint32Array;
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  readonly digests: Float64Array;
}

function createRecords(size: number): Records {
  return {
    assets: new Uint32Array(size),
    offsets: new Float64Array(size),
    lengths: new Uint32Array(size),
    digests: new Float64Array(size),
  };
}

function grow(records: Records): Records {
  const larger = createRecords(records.assets.length * 2);
  larger.assets.set(records.assets);
  larger.offsets.set(records.offsets);
  larger.lengths.set(records.lengths);
  larger.digests.set(records.digests);
  return larger;
}

function isDifferent({ attributes }: PhoenixAsset, { attributes: others }: PhoenixAsset): boolean {
  for (const name in others) if (others[name] !== attributes[name]) return true;
  return false;
}

/** What findings say differently of one asset; which of them came first plays no part. */
function mergeAttributes(asset: PhoenixAsset, other: PhoenixAsset): PhoenixAsset {
  const attributes: Record<string, string> = { ...asset.attributes };
  for (const [name, value] of Object.entries(other.attributes)) {
    const known = attributes[name];
    // A machine that one finding only knows by its address may have a name in another.
    const isBetter = known === undefined || known === attributes['ip'] || (value !== other.attributes['ip'] && value < known);
    if (isBetter) attributes[name] = value;
  }
  return { ...asset, attributes: Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => compare(a, b))) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
