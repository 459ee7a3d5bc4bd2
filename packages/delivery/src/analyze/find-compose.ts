import type { Answer } from './answer.ts';
import { findProbe, type Probe } from './find-probe.ts';
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
const places = [...files, ...files.map((name) => `docker/${name}`)];

export interface ComposeFacts {
  readonly services: readonly Answer<string>[];
  /** What the only service that is built from the root runs: arguments, where its image has an entry point. */
  readonly command?: Answer<string>;
  /** What is asked of the service that is built here, or whose image is named like the project. */
  readonly healthPath?: Answer<string>;
  /** Where it is asked. */
  readonly healthPort?: number;
}

/** What a compose file starts: the application, and servers beside it (https://github.com/compose-spec/compose-spec). */
export function findCompose(project: Project, dockerfile = 'Dockerfile'): ComposeFacts {
  const file = files.find((name) => project.has(name));
  const services = file === undefined ? undefined : project.parse(file)?.['services'];
  const probe = findOwnProbe(project, dockerfile);
  if (file === undefined || !isRecord(services)) return { services: [], ...probe };
  const command = findCommand(services, dockerfile);
  return {
    ...probe,
    ...(command !== undefined && {
      command: project.answer(command, { rule: 'compose-command', confidence: 'medium', file, at: /\bcommand:/ }),
    }),
    services: Object.values(services).flatMap((service) => {
      const image = isRecord(service) ? service['image'] : undefined;
      if (typeof image !== 'string') return [];
      const names = [toImageName(image), toImageName(image, 2)];
      const found = serviceByImage.find(([expression]) => names.some((name) => expression.test(name)))?.[1];
      return found === undefined ? [] : [project.answer(found, { rule: 'compose-image', file, at: image })];
    }),
  };
}

/** Without registry and tag. */
function toImageName(image: string, parts = 1): string {
  return image
    .split('@', 1)[0]!
    .replace(/:[^/:]*$/, '')
    .split('/')
    .slice(-parts)
    .join('/');
}

const forDevelopment = /\b(?:dev|develop\w*|watch|nodemon|runserver|reload|debug)\b/;

function findCommand(services: Record<string, unknown>, ownDockerfile: string): string | undefined {
  const commands = Object.values(services).flatMap((service) => {
    const { build, command, entrypoint } = isRecord(service) ? service : {};
    const { context, dockerfile, target } = isRecord(build) ? build : { context: build };
    const isOwn = isHere(context) && isSameFile(dockerfile, ownDockerfile) && target === undefined && entrypoint === undefined;
    const line = typeof command === 'string' ? command : joinWords(command);
    return isOwn && line !== undefined ? [line.replaceAll('$$', '$')] : [];
  });
  const [command, ...others] = commands;
  return others.length > 0 || command === undefined || forDevelopment.test(command) ? undefined : command;
}

/** Programs that one word starts; another word alone is an argument for the entry point of an image. */
const programs =
  /^(?:[^\s/]*\/\S*|\S+\.\w{1,4}|node|npm|yarn|pnpm|bun|deno|python\d?|gunicorn|uvicorn|streamlit|php(?:-fpm)?|apache2-foreground|httpd-foreground|nginx|caddy|supervisord|frankenphp|puma|rackup|rails|java|go|sh|bash|make|start|serve|hugo|air)$/;

/** Whether what a compose file runs is a program, and no argument for one. */
export function isProgram(command: string): boolean {
  const [first = '', ...others] = command.trim().split(/\s+/);
  return !first.startsWith('-') && (others.length > 0 || programs.test(first));
}

function isHere(context: unknown): boolean {
  return context === '.' || context === './';
}

function isSameFile(dockerfile: unknown, own: string): boolean {
  return dockerfile === undefined || (typeof dockerfile === 'string' && dockerfile.replace(/^\.\//, '') === own);
}

function findOwnProbe(project: Project, dockerfile: string): Pick<ComposeFacts, 'healthPath' | 'healthPort'> {
  for (const file of places.filter((name) => project.has(name))) {
    const services = project.parse(file)?.['services'];
    const own = Object.values(isRecord(services) ? services : {}).filter(
      (service) => isRecord(service) && isOwnService(project, service, file, dockerfile),
    );
    const probes = own.flatMap((service) => toProbe(service) ?? []);
    const [{ path, port } = {}] = probes;
    // A worker that is built here as well may be asked for something else.
    if (path === undefined || probes.some((other) => other.path !== path)) continue;
    const healthPath = project.answer(path, { rule: 'compose-healthcheck', confidence: 'medium', file, at: path });
    return { healthPath, ...(port !== undefined && { healthPort: port }) };
  }
  return {};
}

function isOwnService(project: Project, { build, image }: Record<string, unknown>, file: string, ownDockerfile: string): boolean {
  const { context = '.', dockerfile } = isRecord(build) ? build : { context: build ?? false };
  if (file.includes('/') ? /^\.\.\/?$/.test(String(context)) : isHere(context)) return isSameFile(dockerfile, ownDockerfile);
  return build === undefined && typeof image === 'string' && nameProject(project) === toImageName(image);
}

/** What the project calls itself. */
function nameProject(project: Project): string | undefined {
  const named = project.parse('package.json')?.['name'] ?? project.parse('composer.json')?.['name'];
  const module = /^module\s+"?([^\s"]+)/m.exec(project.text('go.mod') ?? '')?.[1]?.replace(/\/v\d+$/, '');
  return (typeof named === 'string' ? named : module)?.split('/').at(-1);
}

function toProbe(service: unknown): Probe | undefined {
  const healthcheck = isRecord(service) ? service['healthcheck'] : undefined;
  const { test, disable } = isRecord(healthcheck) ? healthcheck : {};
  const command = typeof test === 'string' ? test : joinWords(test);
  const probe = command === undefined || disable === true ? undefined : findProbe(command.replaceAll('$$', '$'));
  return probe?.path === undefined ? undefined : probe;
}
