import { readFileSync } from 'node:fs';

/** The functions of packages/secrets/kernel; their doc comments stand there. Addresses are bytes from the start of the memory. */
export interface Kernel {
  readonly memory: Buffer;
  readonly memoryStart: number;
  readonly slackBytes: number;
  inflate(source: number, sourceEnd: number, target: number, size: number): number;
  adler32(start: number, size: number): number;
  openDelta(delta: number, deltaEnd: number): number;
  deltaBaseSize(): number;
  deltaResultSize(): number;
  applyDelta(deltaEnd: number, base: number, target: number, runs: number, maxRuns: number): number;
  setAnchors(...layout: readonly number[]): void;
  startSearch(content: number, size: number, regions: number, regionCount: number): void;
  nextHits(): number;
  setReaches(lineBefore: number, lineAfter: number, farBefore: number, farAfter: number): void;
  planRegions(content: number, size: number, baseSize: number, runs: number, runCount: number, regions: number): number;
  setNames(slots: number, names: number, namesLimit: number, seedLow: number, seedHigh: number, objectIdBytes: number): void;
  startTree(tree: number, size: number): void;
  nextNames(found: number, capacity: number): number;
  isTreeBroken(): number;
  listLinks(tree: number, size: number, base: number, baseSize: number, baseLinks: number, target: number, opens: number): number;
  countOpenLinks(): number;
  packLinks(links: number, count: number, withNames: number, target: number): number;
}

/** A compiled kernel; threads instantiate it. The platform's type is not among Node's declarations. */
export type KernelModule = object;

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => KernelModule;
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: KernelModule, imports: object) => { readonly exports: Record<string, unknown> };
}

const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
/** In the package's build folder; compiled, beside the code. */
const kernelFile = new URL(import.meta.filename.endsWith('.ts') ? '../../../build/kernel.wasm' : './kernel.wasm', import.meta.url);
const wasmPageBytes = 65536;

/** Compiles the kernel; `undefined` when the install could not build it. */
export function findKernelModule(): KernelModule | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(kernelFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return new webAssembly.Module(bytes);
}

/** A kernel with memory of its own. Pages that are never touched cost nothing. */
export function createKernel(module: KernelModule, memoryBytes: number): Kernel {
  const pages = Math.ceil(memoryBytes / wasmPageBytes);
  const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new webAssembly.Instance(module, { env: { memory, abort: failAssertion } });
  const read = (name: string): number => (exports[name] as { readonly value: number }).value;
  return {
    ...(exports as unknown as Kernel),
    memory: Buffer.from(memory.buffer),
    memoryStart: read('memoryStart'),
    slackBytes: read('slackBytes'),
    deltaBaseSize: () => read('deltaBaseSize') >>> 0,
    deltaResultSize: () => read('deltaResultSize') >>> 0,
  };
}

function failAssertion(): never {
  throw new Error('The pack kernel gave up.');
}
