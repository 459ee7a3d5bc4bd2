/** `500m` or `0.5`: thousandths of a processor. */
export function parseCpu(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1000, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** `512Mi`: bytes. */
export function parseMemory(text: string): number {
  const [, count, unit] = /^(\d+)([A-Za-z]*)$/.exec(text)!;
  return Number(count) * units[unit!]!;
}
