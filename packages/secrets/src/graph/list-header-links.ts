/** At the top of a commit (`tree`, `parent` …) or tag (`object`); each is followed by an id in hexadecimal and a line feed. */
const linkHeaders = ['tree ', 'parent ', 'object '].map((text) => Buffer.from(text));

/** Calls back with where each id stands that the headers at the top of a commit or tag name: what the object leads to. */
export function listHeaderLinks(content: Buffer, idBytes: number, onLink: (hexAt: number) => void): void {
  for (let at = 0; ;) {
    const name = linkHeaders.find((header) => startsWith(content, at, header));
    if (!name) return;
    onLink(at + name.length);
    at += name.length + idBytes * 2 + 1;
  }
}

function startsWith(content: Buffer, at: number, header: Buffer): boolean {
  for (let i = 0; i < header.length; i++) if (content[at + i] !== header[i]) return false;
  return true;
}

/** When a commit was made, in seconds; 0 when that cannot be read. */
export function parseCommitterTime(content: Buffer): number {
  const start = content.indexOf('\ncommitter ');
  if (start === -1) return 0;
  const end = content.indexOf('\n', start + 1);
  return Number(/> (\d{1,15})/.exec(content.toString('latin1', start, end === -1 ? content.length : end))?.[1] ?? 0);
}
