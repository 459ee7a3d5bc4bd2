import { request as askPlain } from 'node:http';
import { request as askOverTls } from 'node:https';
import type { Config } from './platform/config/index.ts';
import { ServiceError } from './service-error.ts';

const patienceMilliseconds = 3000;

/**
 * Finds out whether a part of the service runs on this machine, where these settings let it listen: the API, or else a worker or scheduler, at
 * `telemetry.port`. Returns its address.
 *
 * @throws {ServiceError} NOT_HEALTHY with what each of the addresses answered.
 */
export async function checkHealth({ http, telemetry }: Pick<Config, 'http' | 'telemetry'>): Promise<string> {
  const host = nameOfThisMachine(http.host);
  const scheme = http.tlsCertificateFile === undefined ? 'http' : 'https';
  const urls = [
    `${scheme}://${host}:${http.port}/api/v2/health`,
    ...(telemetry.port === undefined ? [] : [`http://${host}:${telemetry.port}/health`]),
  ];
  const answers = await Promise.all(urls.map(ask));
  const healthy = urls.find((_, index) => answers[index] === 200);
  if (healthy !== undefined) return healthy;
  const told = urls.map((url, index) => `${url}: ${typeof answers[index] === 'number' ? `status ${answers[index]}` : answers[index]}`);
  const hint = telemetry.port === undefined ? ' A worker or scheduler answers at telemetry.port, which is not set.' : '';
  throw new ServiceError('NOT_HEALTHY', `No part of the service answers here.${hint}\n${told.join('\n')}`);
}

/** What listens on all addresses listens on this machine's own. */
function nameOfThisMachine(host: string): string {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  if (plain === '0.0.0.0') return '127.0.0.1';
  if (plain === '::') return '[::1]';
  return plain.includes(':') ? `[${plain}]` : plain;
}

/** The status, or why there is none. */
function ask(url: string): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const options = { agent: false, timeout: patienceMilliseconds };
  // The certificate is for the name that clients use, and whoever answers here is told nothing.
  const request = url.startsWith('https:') ? askOverTls(url, { ...options, rejectUnauthorized: false }) : askPlain(url, options);
  request
    .on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
    .on('timeout', () => request.destroy(new Error('no answer in time')))
    .on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message))
    .end();
  return promise;
}
