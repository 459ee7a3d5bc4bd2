import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Address } from '../targets/target.ts';
import { normalizeHostName } from './forward-headers.ts';
import type { Route } from './router.ts';

/** What the router knows: in memory to be asked, in a file to be there again after a restart. */
export interface RouteTable {
  find(hostName: string): Route | undefined;
  /** The next of a route's instances, in turn; undefined when it has none. */
  choose(route: Route): Address | undefined;
  set(route: Route): void;
  remove(host: string): void;
  list(): readonly Route[];
}

interface RouteFile {
  readonly version: 1;
  readonly routes: readonly Route[];
}

/** `onWarning` hears of a file that could not be read, which is moved aside, and the table begins empty; and of one that could not be written. */
export function openRouteTable(path: string, onWarning: (message: string) => void): RouteTable {
  const routes = new Map<string, Route>();
  const turns = new Map<string, number>();
  for (const route of readRoutes(path, onWarning)) routes.set(route.host, route);

  let isSaved = true;

  function save(): void {
    isSaved = false;
    const content: RouteFile = { version: 1, routes: [...routes.values()] };
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, JSON.stringify(content, undefined, 1), { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
    isSaved = true;
  }

  /** What leads nowhere any more is in force even if it cannot be written down: ending it is what makes room on a full disk. The next change writes it. */
  function saveIfPossible(): void {
    try {
      save();
    } catch (error) {
      onWarning(`The table of routes in ${path} could not be written: ${(error as Error).message}`);
    }
  }

  return {
    find: (hostName) => routes.get(hostName),
    choose({ host, upstreams }) {
      const turn = turns.get(host) ?? 0;
      turns.set(host, (turn + 1) % Math.max(1, upstreams.length));
      return upstreams[turn % Math.max(1, upstreams.length)];
    },
    set(route) {
      const host = normalizeHostName(route.host);
      const before = routes.get(host);
      // Also on a full disk what is so stays so.
      if (isDeepStrictEqual(before, { ...route, host })) return isSaved ? undefined : saveIfPossible();
      routes.set(host, { ...route, host });
      if (route.upstreams.length === 0) return saveIfPossible();
      try {
        save();
      } catch (error) {
        // What is not written down is not in force: the caller tries again.
        if (before === undefined) routes.delete(host);
        else routes.set(host, before);
        throw error;
      }
    },
    remove(host) {
      turns.delete(normalizeHostName(host));
      if (routes.delete(normalizeHostName(host)) || !isSaved) saveIfPossible();
    },
    list: () => [...routes.values()],
  };
}

function readRoutes(path: string, onDamage: (message: string) => void): readonly Route[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { version, routes } = JSON.parse(text) as RouteFile;
    if (version === 1 && Array.isArray(routes) && routes.every(isRoute)) return routes;
  } catch {
    // Told below.
  }
  renameSync(path, `${path}.damaged`);
  onDamage(`The table of routes in ${path} could not be read. It is kept as ${path}.damaged; routes have to be set again.`);
  return [];
}

/** Whether something from a file or a socket is a route: nothing in it may be surprising later. */
export function isRoute(value: unknown): value is Route {
  if (typeof value !== 'object' || value === null) return false;
  const { host, application, release, upstreams } = value as Partial<Record<keyof Route, unknown>>;
  return (
    isHost(host) && typeof application === 'string' && typeof release === 'string' && Array.isArray(upstreams) && upstreams.every(isAddress)
  );
}

export function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port } = value as Partial<Record<keyof Address, unknown>>;
  return (
    typeof host === 'string' && /^[0-9a-z.:-]{1,253}$/i.test(host) && Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536
  );
}

function isHost(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 253 && /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(value);
}
