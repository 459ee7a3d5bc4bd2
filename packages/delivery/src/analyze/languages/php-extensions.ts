import type { Remark } from '../analysis.ts';

/** What the official images of PHP bring (https://hub.docker.com/_/php, `php -m`), as Composer calls extensions. */
const brought = new Set(
  'core ctype curl date dom fileinfo filter ftp hash iconv json libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix random readline reflection session simplexml sodium spl sqlite3 standard tokenizer xml xmlreader xmlwriter zlib'.split(
    ' ',
  ),
);
/** Of the frameworks. */
const drivers: Readonly<Record<string, string>> = { mysql: 'pdo_mysql', mariadb: 'pdo_mysql', postgresql: 'pdo_pgsql' };

/** Says which extensions an application needs that somebody has to install. */
export function tellMissingExtensions(libraries: readonly string[], services: readonly string[]): Remark | undefined {
  const required = libraries.flatMap((name) => /^ext-([\w-]{1,60})$/i.exec(name)?.[1]?.toLowerCase().replaceAll('-', '_') ?? []);
  const wanted = [...required, ...services.flatMap((service) => drivers[service] ?? [])];
  const missing = [...new Set(wanted)].filter((name) => !brought.has(name)).toSorted();
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => `ext-${name}`).join(', ');
  return {
    about: 'build',
    file: 'composer.json',
    message: `It needs ${names}, which images of PHP do not have: a Dockerfile can install them (docker-php-ext-install).`,
  };
}
