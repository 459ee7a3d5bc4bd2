// Makes the packages that are published, after npm run build: npm run pack [directory, default build/packages]. They hold what was compiled, so they
// depend on nothing but, for the service, a private PostgreSQL for the kind of machine.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const root = dirname(import.meta.dirname);
const destination = resolve(process.argv[2] ?? join(root, 'build', 'packages'));

rmSync(destination, { recursive: true, force: true });
mkdirSync(destination, { recursive: true });
for (const app of ['apps/cli', 'apps/server']) console.log(join(destination, packApp(join(root, app))));

function packApp(directory: string): string {
  if (!existsSync(join(directory, 'dist'))) throw new Error(`There is no ${join(directory, 'dist')}. Run \`npm run build\` first.`);
  const stage = mkdtempSync(join(tmpdir(), 'deployguard-pack-'));
  try {
    for (const part of ['bin', 'dist']) {
      if (existsSync(join(directory, part))) cpSync(join(directory, part), join(stage, part), { recursive: true });
    }
    cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    cpSync(join(root, 'README.md'), join(stage, 'README.md'));
    const packageFile = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackageFile;
    writeFileSync(join(stage, 'package.json'), JSON.stringify(toPublished(packageFile), undefined, 2));
    return execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination], {
      cwd: stage,
      encoding: 'utf8',
    }).trim();
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** What is bundled is no dependency any more. */
function toPublished({ name, version, description, license, bin, optionalDependencies }: PackageFile): Record<string, unknown> {
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=24.12' },
    ...(bin === undefined ? { exports: './dist/index.js' } : { bin }),
    optionalDependencies,
  };
}
