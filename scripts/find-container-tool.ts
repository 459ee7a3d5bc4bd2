import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How this machine builds and runs containers. */
export interface ContainerTool {
  readonly program: string;
  /** Of every command. */
  readonly flags: readonly string[];
  readonly buildFlags: readonly string[];
  readonly runFlags: readonly string[];
}

const execute = promisify(execFile);

/** Containers take root and minutes: they run where somebody asks for them. */
export function areContainersWanted(environment: NodeJS.ProcessEnv): boolean {
  return ['DEPLOYGUARD_CONTAINER_TOOL', 'DEPLOYGUARD_TEST_IMAGE'].some((name) => environment[name]);
}

/**
 * What the environment names, or else the first of podman and docker, with the first limits of open files and processes under which a container of
 * the image starts: those that they ask for by themselves can be more than the machine may give. Throws with what each of them said.
 */
export async function findContainerTool(image: string, environment: NodeJS.ProcessEnv): Promise<ContainerTool> {
  const words = (name: string): string[] | undefined => environment[name]?.split(' ').filter((word) => word !== '');
  const [program = await findProgram(), ...flags] = words('DEPLOYGUARD_CONTAINER_TOOL') ?? [];
  const build = [...listNpmSecrets(), ...(words('DEPLOYGUARD_CONTAINER_BUILD_FLAGS') ?? [])];
  const given = words('DEPLOYGUARD_CONTAINER_RUN_FLAGS');
  const complaints: string[] = [];
  for (const limits of given === undefined ? [[], limitsOfThisProcess(), ulimits(1024, 1024)] : [given]) {
    try {
      await execute(program, [...flags, 'run', '--rm', '--network', 'none', ...limits, image, 'true']);
      return { program, flags, buildFlags: [...(given === undefined ? limits : []), ...build], runFlags: limits };
    } catch (error) {
      complaints.push(`${[program, ...flags, 'run', ...limits].join(' ')}: ${(error as { stderr?: string }).stderr ?? String(error)}`);
    }
  }
  throw new Error(`No container can be started here. DEPLOYGUARD_CONTAINER_TOOL and _RUN_FLAGS may say how.\n${complaints.join('\n')}`);
}

async function findProgram(): Promise<string> {
  for (const program of ['podman', 'docker']) {
    if (await execute(program, ['--version']).catch(() => undefined)) return program;
  }
  throw new Error('There is neither podman nor docker. As root, `scripts/services install` installs podman on Debian and Ubuntu.');
}

/** The hard limits (proc(5)). */
function limitsOfThisProcess(): string[] {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = (name: string): number | undefined => Number(new RegExp(`^${name} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1]) || undefined;
  return ulimits(hard('Max open files'), hard('Max processes'));
}

function ulimits(files: number | undefined, processes: number | undefined): string[] {
  return [
    ...(files === undefined ? [] : ['--ulimit', `nofile=${files}:${files}`]),
    ...(processes === undefined ? [] : ['--ulimit', `nproc=${processes}:${processes}`]),
  ];
}

/** The packages come from where those of this checkout came. */
function listNpmSecrets(): string[] {
  const files = { npmrc: join(homedir(), '.npmrc'), ca: '/etc/ssl/certs/ca-certificates.crt' };
  return Object.entries(files).flatMap(([id, path]) => (existsSync(path) ? ['--secret', `id=${id},src=${path}`] : []));
}
