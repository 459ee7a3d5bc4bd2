import type { Ambiguity, Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import { findTable, listMembers, toStrings } from '../list-members.ts';
import { isRecord, type Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';

const manifest = 'Cargo.toml';

const frameworks: readonly (readonly [library: string, port: number | undefined])[] = [
  ['rocket', 8000],
  ['axum', undefined],
  ['actix-web', undefined],
  ['warp', undefined],
  ['poem', undefined],
  ['tide', undefined],
];

/** Programs in Rust: the package of `Cargo.toml` and the programs that it builds (https://doc.rust-lang.org/cargo/reference/cargo-targets.html). */
export function detectRust(project: Project): Detection | undefined {
  const top = project.parse(manifest);
  if (top === undefined) return undefined;
  const own = findPackage(project, top);
  const libraries = Object.keys(findTable(own.cargo, 'dependencies') ?? {});
  const framework = frameworks.find(([library]) => libraries.includes(library));
  const version = findVersion(project, [
    { file: 'rust-toolchain.toml', expression: /^channel\s*=\s*"([^"]+)"/m, rule: 'rust-toolchain' },
    { file: 'rust-toolchain', expression: /^(?:channel\s*=\s*")?([\w.-]+)/m, rule: 'rust-toolchain' },
    { file: '.tool-versions', expression: /^rust\s+(\S+)/m, rule: 'tool-versions' },
    { file: own.file, value: findTable(own.cargo, 'package')?.['rust-version'], rule: 'rust-version', at: 'rust-version' },
  ]);
  const port =
    findPort(project) ??
    (framework?.[1] && project.answer(framework[1], { rule: 'rust-framework-port', confidence: 'medium', file: own.file }));
  return {
    language: project.answer('rust', { rule: 'rust-cargo', file: manifest }),
    ...(framework && { framework: project.answer(framework[0], { rule: 'rust-framework-crate', file: own.file, at: framework[0] }) }),
    ...(version && { version }),
    packageManager: project.answer('cargo', { rule: 'rust-cargo', file: manifest }),
    installCommand: project.answer(`cargo fetch${project.has('Cargo.lock') ? ' --locked' : ''}`, { rule: 'rust-cargo', file: manifest }),
    ...findPrograms(project, own, framework?.[0]),
    ...(port && { port }),
    services: servicesOf(project, [...libraries, ...listFeatures(own.cargo, top)], own.file),
  };
}

/** `crate:feature` of the dependencies. One that also has an embedded database does not say which is meant. */
function listFeatures(cargo: Record<string, unknown>, top: Record<string, unknown>): string[] {
  const shared = findTable(top, 'workspace', 'dependencies');
  return Object.entries(findTable(cargo, 'dependencies') ?? {}).flatMap(([name, value]) => {
    const inherited = isRecord(value) && value['workspace'] === true ? shared?.[name] : undefined;
    const features = [value, inherited].flatMap((table) => (isRecord(table) ? toStrings(table['features']) : []));
    return features.some((feature) => feature.includes('sqlite')) ? [] : features.map((feature) => `${name}:${feature}`);
  });
}

interface Package {
  readonly cargo: Record<string, unknown>;
  readonly file: string;
  readonly programs: readonly string[];
}

/** The package of the manifest; of a workspace that is none itself, the only member that builds a program. */
function findPackage(project: Project, top: Record<string, unknown>): Package {
  const own = { cargo: top, file: manifest, programs: listPrograms(project, '', top) };
  if (findTable(top, 'package') !== undefined) return own;
  const members = listMembers(project).flatMap((folder): Package[] => {
    const file = `${folder}/${manifest}`;
    const cargo = project.parse(file);
    const programs = cargo === undefined ? [] : listPrograms(project, `${folder}/`, cargo);
    return cargo === undefined || programs.length === 0 ? [] : [{ cargo, file, programs }];
  });
  return members.length === 1 ? members[0]! : own;
}

/** Rocket listens where its file says, on this machine alone by default; variables are stronger (https://rocket.rs/guide/v0.5/configuration/). */
const rocketPlace = 'ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=${PORT:-8000} ';

function findPrograms(
  project: Project,
  { cargo, file, programs }: Package,
  framework: string | undefined,
): Pick<Facts, 'buildCommand' | 'startCommand'> & { readonly ambiguities?: Ambiguity[] } {
  const [program, ...others] = programs;
  const start = (name: string): string => `${framework === 'rocket' ? rocketPlace : ''}./target/release/${name}`;
  if (program === undefined) return {};
  if (others.length > 0) {
    return {
      ambiguities: [
        {
          field: 'startCommand',
          message: 'There are several programs. Set "default-run" in Cargo.toml, or add a Procfile with a line "web: …".',
          choices: programs.map((name) => project.answer(start(name), { rule: 'rust-program', file })),
        },
      ],
    };
  }
  const options = [
    ...(project.has('Cargo.lock') ? ['--locked'] : []),
    ...(file === manifest ? [] : ['--package', String(findTable(cargo, 'package')?.['name'])]),
    // What members build goes to the folder of their workspace otherwise, which is not the application's.
    ...(project.workspace?.has(manifest) ? ['--target-dir', 'target'] : []),
  ];
  return {
    buildCommand: project.answer(['cargo build --release', ...options].join(' '), { rule: 'rust-cargo', file }),
    startCommand: project.answer(start(program), { rule: 'rust-program', file, at: program }),
  };
}

function listPrograms(project: Project, folder: string, cargo: Record<string, unknown>): string[] {
  const packageTable = findTable(cargo, 'package');
  const name = packageTable?.['name'];
  const chosen = packageTable?.['default-run'];
  if (!isName(name)) return [];
  if (isName(chosen)) return [chosen];
  const declared = Array.isArray(cargo['bin'])
    ? cargo['bin'].flatMap((bin: unknown) => (isRecord(bin) && isName(bin['name']) ? [bin['name']] : []))
    : [];
  const inFolder = project.paths
    .filter((path) => path.startsWith(`${folder}src/bin/`))
    .flatMap((path) => /^([\w-]+)(?:\.rs|\/main\.rs)$/.exec(path.slice(`${folder}src/bin/`.length))?.[1] ?? []);
  const main = project.has(`${folder}src/main.rs`) && !declared.length ? [name] : [];
  return [...new Set([...declared, ...main, ...inFolder])];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

/** `"0.0.0.0:3000"`, `([0, 0, 0, 0], 3000)`. */
const binds =
  /"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]):(\d{2,5})"|\(\[0, 0, 0, 0\],\s{0,9}(\d{2,5})\)|\("(?:0\.0\.0\.0|127\.0\.0\.1)",\s{0,9}(\d{2,5})\)/;

/** They stand at the end of a file (https://doc.rust-lang.org/book/ch11-03-test-organization.html). */
const tests = /^[ \t]{0,20}#\[cfg\(test\)\]\s{1,20}(?:pub\s)?mod\b[^]*/m;

function findPort(project: Project): Answer<number> | undefined {
  for (const { path, text } of project.sources) {
    const match = path.endsWith('.rs') ? binds.exec(text.replace(tests, '')) : null;
    const port = match?.slice(1).find((group) => group !== undefined);
    if (match && port !== undefined)
      return project.answer(Number(port), { rule: 'rust-bind', confidence: 'medium', file: path, at: match[0] });
  }
  return undefined;
}
