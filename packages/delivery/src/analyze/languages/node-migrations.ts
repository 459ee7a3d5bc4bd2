import type { Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { createFolderTest } from '../choose-files.ts';
import { isSecondaryFolder } from '../is-foreign-folder.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import type { NodePackageManager } from './node-package-manager.ts';
import type { Scripts } from './node-scripts.ts';
import { cleanFolder, readSettings } from './node-settings.ts';

const manifest = 'package.json';

export interface NodeReleaseInput {
  readonly project: Project;
  readonly packageFile: Record<string, unknown>;
  readonly scripts: Scripts;
  readonly libraries: readonly string[];
  readonly manager: NodePackageManager;
}

/** What brings the database of a release up to date: of a tool that is among the dependencies, and has migrations here. */
export function findNodeRelease(input: NodeReleaseInput): Pick<Facts, 'releaseCommand'> {
  const releaseCommand = findPrismaRelease(input) ?? findScriptRelease(input) ?? findSettingsRelease(input);
  return releaseCommand === undefined ? {} : { releaseCommand };
}

/** https://www.prisma.io/docs/orm/reference/prisma-schema-reference: these are found without being named. */
const knownSchemas = ['prisma/schema.prisma', 'schema.prisma'];

function findPrismaRelease({ project, packageFile, libraries, manager }: NodeReleaseInput): Answer<string> | undefined {
  if (!libraries.some((name) => name === 'prisma' || name === '@prisma/client')) return undefined;
  const isElsewhere = createFolderTest(isSecondaryFolder);
  const migrations = project.paths.filter((path) => /(?:^|\/)prisma\/migrations\//.test(path) && !isElsewhere(path));
  const schemas = [...new Set(migrations.map((path) => `${path.slice(0, path.indexOf('prisma/migrations/'))}prisma/schema.prisma`))];
  const isNamed = readSettings(project, 'prisma.config') !== undefined || typeof findTable(packageFile, 'prisma')?.['schema'] === 'string';
  const known = schemas.length === 0 || isNamed ? undefined : schemas.find((path) => knownSchemas.includes(path));
  const [schema, ...others] = known === undefined ? schemas : [known];
  if (schema === undefined || (others.length > 0 && !isNamed) || !/^[\w./-]+$/.test(schema)) return undefined;
  const option = isNamed || known !== undefined || !project.has(schema) ? '' : ` --schema ${schema}`;
  const file = migrations[0]!;
  return project.answer(`${manager.execute} prisma migrate deploy${option}`, {
    rule: 'node-prisma-migrations',
    confidence: 'medium',
    file,
  });
}

/** Commands of tools that bring a database up to date and lose nothing. */
const updates: readonly (readonly [library: string, command: RegExp])[] = [
  ['drizzle-kit', /^drizzle-kit migrate$/],
  ['knex', /^knex migrate:latest$/],
  ['sequelize-cli', /^sequelize(?:-cli)? db:migrate$/],
  ['typeorm', /^typeorm migration:run$/],
  ['@mikro-orm/cli', /^mikro-orm(?:-esm)? migration:up$/],
  ['node-pg-migrate', /^node-pg-migrate up$/],
  ['db-migrate', /^db-migrate up$/],
  ['migrate-mongo', /^migrate-mongo up$/],
];

/** A script that is such a command and nothing else; those for developers and tests are told by their names. */
function findScriptRelease({ project, scripts, libraries, manager }: NodeReleaseInput): Answer<string> | undefined {
  const file = project.paths.find((path) => /(?:^|\/)(?:migrations?|drizzle)\/[^/]+\.(?:sql|[cm]?[jt]s)$/.test(path));
  if (file === undefined) return undefined;
  for (const [name, text] of scripts) {
    if (/(?:^|\W)(?:test|dev|local)/.test(`${name} ${text}`) || !/^[\w:.-]+$/.test(name)) continue;
    const [, plain] = /^(?:npx |yarn |bunx |pnpm (?:exec )?)?([\w-]+ [\w:]+)(?: -{1,2}[\w.=/ -]{1,200})?$/.exec(text.trim()) ?? [];
    if (plain === undefined || text.includes('--env-file')) continue;
    if (updates.some(([library, command]) => libraries.includes(library) && command.test(plain)))
      return project.answer(`${manager.run} ${name}`, {
        rule: 'node-migration-script',
        confidence: 'medium',
        file: manifest,
        at: `"${name}"`,
      });
  }
  return undefined;
}

interface MigrationTool {
  readonly library: string;
  readonly command: string;
  /** What its settings at the top are called, without the ending. */
  readonly settings: string;
  /** How they say where the migrations are, and where these are otherwise. */
  readonly setting: RegExp;
  readonly folder: string;
}

const tools: readonly MigrationTool[] = [
  {
    // https://orm.drizzle.team/docs/drizzle-config-file
    library: 'drizzle-kit',
    command: 'drizzle-kit migrate',
    settings: 'drizzle.config',
    setting: /\bout\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/,
    folder: 'drizzle',
  },
  {
    // https://knexjs.org/guide/migrations.html
    library: 'knex',
    command: 'knex migrate:latest',
    settings: 'knexfile',
    setting: /\bmigrations\s{0,9}:\s{0,9}\{[^{}]{0,300}\bdirectory\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/,
    folder: 'migrations',
  },
];

function findSettingsRelease({ project, libraries, manager }: NodeReleaseInput): Answer<string> | undefined {
  for (const { library, command, settings, setting, folder } of tools) {
    const found = libraries.includes(library) ? readSettings(project, settings) : undefined;
    // Knex needs another program for settings in TypeScript.
    if (found === undefined || (library === 'knex' && found.file.endsWith('ts'))) continue;
    const place = `${cleanFolder(setting.exec(found.text)?.[1] ?? folder)}/`;
    const file = project.paths.find((path) => path.startsWith(place) && /\.(?:sql|[cm]?[jt]s)$/.test(path));
    if (file !== undefined)
      return project.answer(`${manager.execute} ${command}`, { rule: 'node-migration-settings', confidence: 'medium', file });
  }
  return undefined;
}
