import type { Answer } from './answer.ts';
import { joinWords } from './join-words.ts';
import { isRecord, type Project } from './project.ts';

/** What images of servers are called, without registry and tag. */
const serviceByImage: readonly (readonly [image: RegExp, service: string])[] = [
  [/^(?:postgres|postgresql|postgis|timescaledb(?:-ha)?|pgvector)$/, 'postgresql'],
  [/^(?:mysql|mysql-server|percona)$/, 'mysql'],
  [/^mariadb$/, 'mariadb'],
  [/^(?:mongo|mongodb|mongodb-community-server)$/, 'mongodb'],
  [/^(?:redis|redis-stack(?:-server)?|valkey|keydb)$/, 'redis'],
  [/^memcached$/, 'memcached'],
  [/^rabbitmq$/, 'rabbitmq'],
  [/^(?:kafka|cp-kafka|redpanda)$/, 'kafka'],
  [/^nats(?:-streaming)?$/, 'nats'],
  [/^elasticsearch$/, 'elasticsearch'],
  [/^opensearch$/, 'opensearch'],
  [/^minio$/, 's3'],
  [/^(?:mssql|mssql-server|mssql\/server)$/, 'sqlserver'],
];

const files = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/**
 * The servers that a compose file starts beside the application, and the command of the only service that is built from its root
 * (https://github.com/compose-spec/compose-spec).
 */
export function findCompose(project: Project): { readonly services: readonly Answer<string>[]; readonly command?: Answer<string> } {
  const file = files.find((name) => project.has(name));
  const services = file === undefined ? undefined : project.parse(file)?.['services'];
  if (file === undefined || !isRecord(services)) return { services: [] };
  const command = findCommand(services);
  return {
    ...(command !== undefined && {
      command: project.answer(command, { rule: 'compose-command', confidence: 'medium', file, at: /\bcommand:/ }),
    }),
    services: Object.values(services).flatMap((service) => {
      const image = isRecord(service) ? service['image'] : undefined;
      if (typeof image !== 'string') return [];
      const path = image
        .split('@', 1)[0]!
        .replace(/:[^/:]*$/, '')
        .split('/');
      const names = [path.at(-1)!, path.slice(-2).join('/')];
      const found = serviceByImage.find(([expression]) => names.some((name) => expression.test(name)))?.[1];
      return found === undefined ? [] : [project.answer(found, { rule: 'compose-image', file, at: image })];
    }),
  };
}

const forDevelopment = /\b(?:dev|develop\w*|watch|nodemon|runserver|reload|debug)\b/;

function findCommand(services: Record<string, unknown>): string | undefined {
  const commands = Object.values(services).flatMap((service) => {
    const { build, command } = isRecord(service) ? service : {};
    const { context, dockerfile, target } = isRecord(build) ? build : { context: build };
    const isOwn = (context === '.' || context === './') && dockerfile === undefined && target === undefined;
    const line = typeof command === 'string' ? command : joinWords(command);
    return isOwn && line !== undefined ? [line.replaceAll('$$', '$')] : [];
  });
  const [command, ...others] = commands;
  return others.length > 0 || command === undefined || forDevelopment.test(command) ? undefined : command;
}
