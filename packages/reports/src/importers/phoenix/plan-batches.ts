import { hash } from 'node:crypto';
import type { AssetSpool, SpooledAsset } from './asset-spool.ts';
import type { AssetType, ImportType } from './phoenix-import.ts';

const pieceBytes = 256 * 1024;

/** What is sent in one request. */
export interface Batch {
  /** `1`, `2`, and `2.1` and `2.2` for the halves of 2. */
  readonly id: string;
  readonly assessment: Assessment;
  readonly portions: readonly Portion[];
}

export interface Assessment {
  readonly name: string;
  readonly assetType: AssetType;
}

/** An asset with its findings; some of them where they do not fit into one request. */
export interface Portion {
  readonly asset: SpooledAsset;
  readonly from: number;
  /** The one after the last. */
  readonly to: number;
}

export interface BatchLimits {
  readonly maxBatchBytes: number;
  readonly maxBatchAssets: number;
}

/**
 * Divides assets of one assessment into batches. No asset is divided that fits into a request; one that does not has requests of its own.
 * The same assets give the same batches.
 */
export function planBatches(assessment: Assessment, assets: readonly SpooledAsset[], spool: AssetSpool, limits: BatchLimits): Portion[][] {
  const batches: Portion[][] = [];
  let open: Portion[] = [];
  let bytes = envelopeBytes(assessment);
  const close = (): void => {
    if (open.length > 0) batches.push(open);
    open = [];
    bytes = envelopeBytes(assessment);
  };

  for (const asset of assets) {
    const portion = { asset, from: asset.from, to: asset.to };
    const more = portionBytes(portion, spool) + 1;
    if (envelopeBytes(assessment) + more > limits.maxBatchBytes) {
      close();
      batches.push(...divideAsset(asset, spool, limits.maxBatchBytes - envelopeBytes(assessment)).map((part) => [part]));
      continue;
    }
    if (open.length >= limits.maxBatchAssets || bytes + more > limits.maxBatchBytes) close();
    open.push(portion);
    bytes += more;
  }
  close();
  return batches;
}

/** A finding that is too large by itself makes a part by itself. */
function divideAsset(asset: SpooledAsset, spool: AssetSpool, maxBytes: number): Portion[] {
  const parts: Portion[] = [];
  const empty = Buffer.byteLength(headOf(asset)) + assetEnd.length + 1;
  let from = asset.from;
  let bytes = empty;
  for (let place = asset.from; place < asset.to; place++) {
    const more = spool.lengthAt(place) + 1;
    if (bytes + more > maxBytes && place > from) {
      parts.push({ asset, from, to: place });
      from = place;
      bytes = empty;
    }
    bytes += more;
  }
  parts.push({ asset, from, to: asset.to });
  return parts;
}

/** Two batches in place of one, of about the same size; none when it holds a single finding. Its assets are kept whole while there are several. */
export function halveBatch({ id, assessment, portions }: Batch, spool: AssetSpool): [Batch, Batch] | undefined {
  const halves = portions.length > 1 ? halveList(portions, spool) : halvePortion(portions[0]);
  return (
    halves && [
      { id: `${id}.1`, assessment, portions: halves[0] },
      { id: `${id}.2`, assessment, portions: halves[1] },
    ]
  );
}

function halveList(portions: readonly Portion[], spool: AssetSpool): [Portion[], Portion[]] {
  const sizes = portions.map((portion) => portionBytes(portion, spool));
  const half = sizes.reduce((sum, size) => sum + size, 0) / 2;
  let count = 0;
  for (let bytes = 0; count < portions.length - 1 && bytes + sizes[count]! <= half; count++) bytes += sizes[count]!;
  const at = Math.max(count, 1);
  return [portions.slice(0, at), portions.slice(at)];
}

function halvePortion(portion: Portion | undefined): [Portion[], Portion[]] | undefined {
  if (portion === undefined || portion.to - portion.from < 2) return undefined;
  const middle = Math.ceil((portion.from + portion.to) / 2);
  return [[{ ...portion, to: middle }], [{ ...portion, from: middle }]];
}

export function countFindings(portions: readonly Portion[]): number {
  return portions.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Tells what is in a batch from what was in another. */
export function digestBatch({ assessment, portions }: Batch, spool: AssetSpool): string {
  const content = [JSON.stringify(assessment)];
  for (const { asset, from, to } of portions) {
    content.push(headOf(asset));
    for (let place = from; place < to; place++) content.push(spool.digestAt(place).toString(16));
  }
  return hash('sha256', content.join('\n'), 'hex');
}

/** The body of the request (schema `ImportRequest`), in pieces: a whole one would be held several times on its way. */
export async function* buildBody({ assessment, portions }: Batch, importType: ImportType, spool: AssetSpool): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(pieceBytes);
  let at = 0;
  /** Gives out what is there when so much more does not fit. */
  const makeRoom = (bytes: number): Buffer | undefined => {
    if (at + bytes <= piece.length) return undefined;
    const full = piece.subarray(0, at);
    piece = Buffer.allocUnsafe(Math.max(pieceBytes, bytes));
    at = 0;
    return full;
  };

  at += piece.write(bodyStart(assessment, importType));
  for (const [index, { asset, from, to }] of portions.entries()) {
    const head = `${index === 0 ? '' : ','}${headOf(asset)}`;
    const before = makeRoom(Buffer.byteLength(head));
    if (before) yield before;
    at += piece.write(head, at);
    for (let place = from; place < to; place++) {
      const full = makeRoom(spool.lengthAt(place) + 1);
      if (full) yield full;
      if (place > from) at += piece.write(',', at);
      at = spool.copy(place, piece, at);
    }
    const full = makeRoom(assetEnd.length + bodyEnd.length);
    if (full) yield full;
    at += piece.write(assetEnd, at);
  }
  at += piece.write(bodyEnd, at);
  yield piece.subarray(0, at);
}

/** Of the body, exactly. */
export function countBodyBytes({ assessment, portions }: Batch, importType: ImportType, spool: AssetSpool): number {
  const between = Math.max(portions.length - 1, 0);
  return Buffer.byteLength(bodyStart(assessment, importType)) + between + portionsBytes(portions, spool) + bodyEnd.length;
}

function portionsBytes(portions: readonly Portion[], spool: AssetSpool): number {
  return portions.reduce((sum, portion) => sum + portionBytes(portion, spool), 0);
}

const assetEnd = ']}';
const bodyEnd = ']}';

function bodyStart(assessment: Assessment, importType: ImportType): string {
  return `{"importType":"${importType}","assessment":${JSON.stringify({ assetType: assessment.assetType, name: assessment.name })},"assets":[`;
}

function headOf({ attributes }: SpooledAsset): string {
  return `{"attributes":${JSON.stringify(attributes)},"findings":[`;
}

/** With the longest type of import. */
function envelopeBytes(assessment: Assessment): number {
  return Buffer.byteLength(bodyStart(assessment, 'delta')) + bodyEnd.length;
}

function portionBytes({ asset, from, to }: Portion, spool: AssetSpool): number {
  let bytes = Buffer.byteLength(headOf(asset)) + assetEnd.length + Math.max(to - from - 1, 0);
  for (let place = from; place < to; place++) bytes += spool.lengthAt(place);
  return bytes;
}
