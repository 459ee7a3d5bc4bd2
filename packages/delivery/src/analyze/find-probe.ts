/** What the command of a container that asks whether it is well asks for. */
export interface Probe {
  readonly path?: string;
  readonly port?: number;
}

const maxCommandLength = 2000;

/** Addresses of this machine: port, or a variable for it, and path up to a question mark. */
const address =
  /\b(?<scheme>https?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(?<port>\d{2,5}|\$\{?\w{1,60}[^\s}"'/]{0,40}\}?))?(?<path>\/[^\s"'`?#;|&)\\]{0,200})?/gi;

/** They are answered otherwise to who does not say the same. */
const withMore = /\b(?:authorization|POST|PUT|--data|--user)\b|\s-[ud]\s|--unix-socket/i;

/** Of what watches others, not of the application. */
const ofOthers = /\/metrics\b|\/_cluster\b/;

/** The first that names more than `/`, which says nothing, else the first. */
export function findProbe(command: string): Probe | undefined {
  const line = command.slice(0, maxCommandLength);
  if (withMore.test(line)) return undefined;
  const probes = [...line.matchAll(address)].map(({ groups = {} }): Probe => {
    const { scheme, path, port = scheme === 'https' ? '443' : '80' } = groups;
    const isPath = path !== undefined && /^\/[\w./~@%+-]*[\w~@%+-]\/?$/.test(path);
    return { ...(isPath && { path }), ...(/^\d/.test(port) && { port: Number(port) }) };
  });
  const [first] = probes;
  const chosen = probes.find(({ path }) => path !== undefined) ?? first;
  return chosen === undefined || ofOthers.test(line) ? undefined : chosen;
}
