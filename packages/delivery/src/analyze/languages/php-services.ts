import type { Answer } from '../answer.ts';
import type { Project } from '../project.ts';

/** What drivers and schemes of addresses are called. A file as a database needs no server. */
const services: Readonly<Record<string, string>> = {
  mysql: 'mysql',
  mysql2: 'mysql',
  'pdo-mysql': 'mysql',
  mariadb: 'mariadb',
  pgsql: 'postgresql',
  'pdo-pgsql': 'postgresql',
  postgres: 'postgresql',
  postgresql: 'postgresql',
  sqlsrv: 'sqlserver',
  'pdo-sqlsrv': 'sqlserver',
  sqlserver: 'sqlserver',
  redis: 'redis',
  rediss: 'redis',
  amqp: 'rabbitmq',
  amqps: 'rabbitmq',
  memcached: 'memcached',
};

/** The servers that settings of a framework name by kind. Addresses and passwords beside them are not looked at. */
export function findPhpServices(project: Project, framework: string | undefined): Answer<string>[] {
  switch (framework) {
    case 'laravel':
    case 'lumen':
      return findLaravelServices(project);
    case 'symfony':
      return readAll(project, '.env', 'symfony-env', /^(?:DATABASE_URL|MESSENGER_TRANSPORT_DSN|LOCK_DSN)=["']?([\w-]{1,30}):/gm);
    case 'cakephp':
      return readAll(
        project,
        'config/app.php',
        'cakephp-driver',
        /^[ \t]*'driver'[ \t]*=>[ \t]*(?:'?[\w\\]{0,60}\\)?(\w{1,30})(?:::class|')/m,
      );
    default:
      return [];
  }
}

/** `.env.example` becomes the settings of who sets it up (https://laravel.com/docs/configuration#environment-configuration). */
function findLaravelServices(project: Project): Answer<string>[] {
  const file = '.env.example';
  const ofExample = readAll(
    project,
    file,
    'laravel-env',
    /^(?:DB_CONNECTION|QUEUE_CONNECTION|QUEUE_DRIVER|CACHE_STORE|CACHE_DRIVER|SESSION_DRIVER|BROADCAST_CONNECTION|BROADCAST_DRIVER)=["']?([\w-]{1,30})/gm,
  );
  if (/^DB_CONNECTION=./m.test(project.text(file) ?? '')) return ofExample;
  const byDefault = /^[ \t]*'default'[ \t]*=>[ \t]*env\([ \t]*'DB_CONNECTION'[ \t]*,[ \t]*'(\w{1,30})'/m;
  const settings = project.paths.find((path) => /^(?:app\/)?config\/database\.php$/i.test(path));
  return [...ofExample, ...(settings === undefined ? [] : readAll(project, settings, 'laravel-database', byDefault))];
}

/** The services that the first group of an expression names. */
function readAll(project: Project, file: string, rule: string, expression: RegExp): Answer<string>[] {
  const text = project.text(file) ?? '';
  const matches = expression.global ? [...text.matchAll(expression)] : [expression.exec(text)].filter((match) => match !== null);
  return matches.flatMap(([line, name]) => {
    const service = services[name!.toLowerCase()];
    return service === undefined ? [] : [project.answer(service, { rule, confidence: 'medium', file, at: line })];
  });
}
