// Serves a folder of finished files over HTTP: node static-server.mjs FOLDER [--single-page]
//   PORT            where to listen, default 8080
//   --single-page   a page that is not there is answered with index.html
// It is copied beside what it serves, so it is one file for any Node since 18, with nothing to install. Links that lead out of the folder, and
// names that begin with a dot (but .well-known), are not there.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream';

const types = {
  '.avif': 'image/avif',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.otf': 'font/otf',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

const [folder, ...flags] = process.argv.slice(2);
const port = Number(process.env.PORT ?? 8080);
const isSinglePage = flags.includes('--single-page');
const root = await realpath(folder);

const server = createServer((request, response) => {
  answer(request, response).catch(() => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(port, () => console.log(`serving ${folder} on port ${server.address().port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());

async function answer(request, response) {
  response.setHeader('x-content-type-options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Method not allowed', { allow: 'GET, HEAD' });
  const [path, query] = splitTarget(request.url);
  if (path === undefined) return refuse(response, 400, 'Bad request');

  const found = await find(path);
  if (found?.isFolder && !path.endsWith('/')) {
    // The path as it was asked for, which begins with one slash only: another would lead to another host.
    return refuse(response, 301, 'Moved', { location: `${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}/${query}` });
  }
  const file = found?.isFolder ? await find(`${path}index.html`) : found;
  if (file !== undefined && !file.isFolder) return send(request, response, file, 200);

  const own = await find('/404.html');
  if (own !== undefined) return send(request, response, own, 404);
  const page = isSinglePage && extname(path) === '' ? await find('/index.html') : undefined;
  return page === undefined ? refuse(response, 404, 'Not found') : send(request, response, page, 200);
}

/** Path and query of a request; no path when it is none. */
function splitTarget(target) {
  const [, raw, query] = /^([^?#]*)([^#]*)/.exec(target);
  try {
    const path = decodeURIComponent(raw);
    const parts = path.split('/').slice(1);
    const isPath = path.startsWith('/') && !path.startsWith('//') && !/[\0\\]/.test(path);
    return isPath && !parts.some((part) => part === '..' || part === '.') ? [path, query] : [];
  } catch {
    return [];
  }
}

async function find(path) {
  if (path.split('/').some((part) => part.startsWith('.') && part !== '.well-known')) return undefined;
  try {
    const place = await realpath(join(root, path));
    if (place !== root && !place.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return undefined;
    const stats = await stat(place);
    if (path.endsWith('/') && !stats.isDirectory()) return undefined;
    return stats.isDirectory() || stats.isFile() ? { place, stats, isFolder: stats.isDirectory() } : undefined;
  } catch {
    return undefined;
  }
}

function send(request, response, { place, stats }, status) {
  const tag = `W/"${stats.size.toString(16)}-${Math.trunc(stats.mtimeMs).toString(16)}"`;
  response.setHeader('etag', tag);
  response.setHeader('last-modified', stats.mtime.toUTCString());
  response.setHeader('cache-control', 'public, max-age=0, must-revalidate');
  if (status === 200 && request.headers['if-none-match']?.split(',').some((each) => each.trim() === tag))
    return response.writeHead(304).end();

  response.setHeader('content-type', types[extname(place).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('accept-ranges', 'bytes');
  const range = status === 200 ? readRange(request.headers.range, stats.size) : undefined;
  if (range === null) return refuse(response, 416, 'Range not satisfiable', { 'content-range': `bytes */${stats.size}` });
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  const headers = { 'content-length': end - start + 1, ...(range && { 'content-range': `bytes ${start}-${end}/${stats.size}` }) };
  response.writeHead(range === undefined ? status : 206, headers);
  if (request.method === 'HEAD' || stats.size === 0) return response.end();
  return pipeline(createReadStream(place, { start, end }), response, () => {});
}

/** One range of bytes; null when the file has no such bytes, undefined when the whole file is the answer. */
function readRange(header, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? null : { start, end };
}

function refuse(response, status, text, headers = {}) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${text}\n`);
}
