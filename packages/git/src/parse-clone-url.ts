import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GitError } from './git-error.ts';

/** Where a repository is, taken apart and put together again, so that git and we mean the same place. */
export interface CloneUrl {
  readonly protocol: 'https' | 'ssh' | 'file';
  /** What git is given: without credentials. */
  readonly url: string;
  /** Empty for a file. */
  readonly host: string;
  /** 443 or 22 when the URL names none; 0 for a file. */
  readonly port: number;
  /** The credentials that stood in an https URL, decoded. */
  readonly username?: string;
  readonly password?: string;
}

export interface CloneUrlOptions {
  /** Allows `file:///path` and absolute paths. Default false. */
  readonly allowFile?: boolean;
}

const hostPattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)$/i;
/** Some servers tell their users apart by e-mail address (`jane%40example.org@host`) or by what follows a plus sign. */
const userPattern = /^[a-z0-9_][a-z0-9._+@-]*$/i;
const scpForms = [
  /^(?<user>[^@:/[]+)@(?<host>[^@:/[\]]+|\[[^@/[\]]+\]):(?<path>[^:].*)$/,
  /^\[(?<user>[^@:/[]+)@(?<host>[^@:/[\]]+):(?<port>[1-9]\d{0,4})\]:(?<path>[^:].*)$/,
];
const maxLength = 4096;

/**
 * Reads `https://…`, `ssh://…` and `user@host:path`; nothing else is a place that a stranger may name. Throws `URL_REFUSED`, with a message
 * that does not repeat the URL, which may hold a password.
 */
export function parseCloneUrl(text: string, options: CloneUrlOptions = {}): CloneUrl {
  if (text === '' || text.length > maxLength) throw refused('it is empty or too long');
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\]/.test(text)) throw refused('it holds a space, a backslash or a control character');
  if (text.startsWith('-')) throw refused('it begins with a dash');
  if (/^https:\/\//i.test(text)) return parseHttps(text);
  if (/^ssh:\/\//i.test(text)) return parseSsh(text);
  if (options.allowFile && (isAbsolute(text) || /^file:\/\/\//i.test(text))) return parseFile(text);
  return parseScpForm(text);
}

function parseHttps(text: string): CloneUrl {
  const url = parseUrl(text);
  if (!hostPattern.test(url.hostname)) throw refused('its host is no host name');
  const credentials = {
    ...(url.username === '' ? {} : { username: decode(url.username) }),
    ...(url.password === '' ? {} : { password: decode(url.password) }),
  };
  return {
    protocol: 'https',
    url: `https://${url.host}${url.pathname}`,
    host: url.hostname,
    port: url.port === '' ? 443 : Number(url.port),
    ...credentials,
  };
}

function parseSsh(text: string): CloneUrl {
  const url = parseUrl(text);
  if (!hostPattern.test(url.hostname)) throw refused('its host is no host name');
  if (url.password !== '') throw refused('it holds a password, which ssh does not take; use a key');
  if (url.username !== '' && !userPattern.test(decode(url.username)))
    throw refused('its user name holds other than letters, digits, ".", "_", "-", "+" and "@"');
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    protocol: 'ssh',
    url: `ssh://${user}${url.host}${url.pathname}`,
    host: url.hostname,
    port: url.port === '' ? 22 : Number(url.port),
  };
}

/**
 * `user@host:path`, as scp writes it; the path is from the user's home, which no `ssh://` URL can say in a way that all servers know. An IPv6
 * address stands in brackets, and so does a host with its port: `user@[::1]:path`, `[user@host:2222]:path`, which git reads as we do.
 */
function parseScpForm(text: string): CloneUrl {
  const { user = '', host = '', port = '22', path = '' } = scpForms.map((form) => form.exec(text)?.groups).find(Boolean) ?? {};
  if (!userPattern.test(user) || !hostPattern.test(host) || Number(port) > 65535) {
    throw refused('only https://host/path, ssh://user@host/path and user@host:path are taken');
  }
  if (path.startsWith('-')) throw refused('its path begins with a dash');
  return { protocol: 'ssh', url: text, host, port: Number(port) };
}

function parseFile(text: string): CloneUrl {
  const path = isAbsolute(text) ? text : fileURLToPath(text);
  return { protocol: 'file', url: path, host: '', port: 0 };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw refused('it is no URL');
  if (url.search !== '' || url.hash !== '') throw refused('it holds a query or fragment');
  if (url.pathname === '' || url.pathname === '/') throw refused('it names no repository');
  // ssh hands the path to the other side's shell-like command line; a dash at its start would be an option there.
  if (/^\/+-/.test(url.pathname)) throw refused('its path begins with a dash');
  return url;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('its credentials are not encoded as URLs need it');
  }
}

function refused(why: string): GitError {
  return new GitError('URL_REFUSED', `This repository URL is not taken: ${why}.`);
}
