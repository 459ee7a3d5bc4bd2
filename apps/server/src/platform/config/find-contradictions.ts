import { isIP } from 'node:net';
import type { Config } from './config-schema.ts';

/** Settings that are fine one by one, but not together, or not safe. */
export function findContradictions(config: Config): string[] {
  const { http, database, storage, auth, worker, deployments, containers } = config;
  const hasAuthentication = auth.apiKeys || auth.gatewayProofs.length > 0 || auth.jwtIssuers.length > 0;
  const problems: (string | false)[] = [
    !hasAuthentication &&
      !isLoopback(http.host) &&
      `http.host: listening on ${http.host} without authentication would let everybody in. Set auth.gatewayProofs, auth.jwtIssuers or auth.apiKeys, or listen on 127.0.0.1.`,
    !hasAuthentication &&
      database.url !== undefined &&
      'auth: without authentication only the embedded service runs, but database.url names a server. Set auth.gatewayProofs, auth.jwtIssuers or auth.apiKeys.',
    http.corsOrigins.includes('*') &&
      'http.corsOrigins: "*" would let every web page use the API in its visitor’s name. List the origins, such as https://app.example.com.',
    ...http.corsOrigins.map(
      (origin) =>
        origin !== '*' && !isOrigin(origin) && `http.corsOrigins: "${origin}" is not an origin such as https://app.example.com (no path).`,
    ),
    auth.credentialsFile !== undefined &&
      (hasAuthentication || auth.serviceUrl !== undefined) &&
      'auth.credentialsFile: everybody who may use the service could use these credentials. With auth.gatewayProofs, auth.jwtIssuers or auth.apiKeys, or with auth.serviceUrl, they come from auth.serviceUrl alone.',
    (http.tlsCertificateFile === undefined) !== (http.tlsKeyFile === undefined) &&
      'http.tlsCertificateFile and http.tlsKeyFile belong together: set both or none.',
    (storage.accessKey === undefined) !== (storage.secretKey === undefined) &&
      'storage.accessKey and storage.secretKey belong together: set both or none.',
    database.url === undefined &&
      (database.migrationUrl ?? database.listenUrl) !== undefined &&
      'database.migrationUrl and database.listenUrl need database.url beside them.',
    deployments.target === 'container' &&
      containers.baseImagesFile === undefined &&
      containers.baseRegistries.length === 0 &&
      'deployments.target: nothing could be built for containers without images to build on. Set containers.baseImagesFile, or containers.baseRegistries to docker.io.',
    deployments.redirectToTls &&
      deployments.tlsCertificates.length === 0 &&
      'deployments.redirectToTls: there is nothing to lead to without certificates. Set deployments.tlsCertificates.',
    deployments.tlsCertificates.length > 0 &&
      deployments.tlsPort === deployments.routerPort &&
      'deployments.tlsPort: it is the port without TLS. Choose another.',
    worker.softLimitSeconds >= worker.hardLimitSeconds && 'worker.softLimitSeconds must be less than worker.hardLimitSeconds.',
    ...listDefaultSecrets(config),
    ...auth.jwtIssuers.map(
      ({ issuer, jwksUrl, publicKeyFile, secretFile }) =>
        [jwksUrl, publicKeyFile, secretFile].filter((key) => key !== undefined).length !== 1 &&
        `auth.jwtIssuers: ${issuer} needs exactly one of jwksUrl, publicKeyFile, secretFile.`,
    ),
  ];
  return problems.filter((problem) => problem !== false);
}

function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

const defaultSecrets = new Set(['minioadmin', 'guest', 'password', 'changeme', 'admin', 'secret', 'postgres', 'your-secure-db-password']);

/** Passwords that everybody knows are none; on this machine they do for trying things out. */
function listDefaultSecrets({ database, broker, storage }: Config): string[] {
  const urls = { 'database.url': database.url, 'database.migrationUrl': database.migrationUrl, 'broker.url': broker.url };
  const found = Object.entries(urls)
    .filter(
      ([, url]) =>
        url !== undefined && URL.canParse(url) && !isLoopback(new URL(url).hostname) && defaultSecrets.has(new URL(url).password),
    )
    .map(([name]) => name);
  const isStorageHere = storage.endpointUrl !== undefined && isLoopback(new URL(storage.endpointUrl).hostname);
  if (!isStorageHere && defaultSecrets.has(storage.secretKey ?? '')) found.push('storage.secretKey');
  return found.map((name) => `${name}: its password is one that everybody knows. Choose another.`);
}
