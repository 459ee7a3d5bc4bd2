import { posix } from 'node:path';
import type { Ambiguity, Detection, Remark } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { isSecondaryFolder } from '../is-foreign-folder.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { stripComments } from '../strip-comments.ts';

/** Else the port is one of the image's, or of its own settings (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints). */
const listenPlace = 'ASPNETCORE_URLS=http://0.0.0.0:${PORT:-8080} ';

const isTest = /Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true/i;

/** Applications for .NET: project files, of which those for the web or with a program count (https://learn.microsoft.com/dotnet/core/project-sdk/overview). */
export function detectDotnet(project: Project): Detection | undefined {
  const files = project.paths.filter((path) => /\.(?:cs|fs|vb)proj$/.test(path) && path.split('/').length <= 3);
  const [first] = files;
  if (first === undefined || isOneOfSeveral(project, files)) return undefined;
  const programs = files.filter((file) => !isTest.test(read(file)));
  const web = programs.filter((file) => read(file).includes('Microsoft.NET.Sdk.Web'));
  const executables = web.length > 0 ? web : programs.filter((file) => /<OutputType>\s*(?:Win)?Exe\s*</i.test(read(file)));
  const [file = first, ...others] = executables;
  const isClear = executables.length === 1;
  // What is published is also what is restored: the top may hold several projects and solutions, or none.
  const isNamed = isClear && /^[\w./ -]+$/.test(file);
  const framework = web.length > 0 ? 'aspnetcore' : undefined;
  const version = findTargetVersion(project, file);
  const assembly =
    /<AssemblyName>\s*([\w.-]+)\s*</.exec(read(file))?.[1] ??
    file
      .split('/')
      .at(-1)!
      .replace(/\.\w+proj$/, '');
  const listens = findListening(project, file);
  return {
    language: project.answer('dotnet', { rule: 'dotnet-project-file', file }),
    ...(framework && { framework: project.answer(framework, { rule: 'dotnet-web-sdk', file, at: 'Microsoft.NET.Sdk.Web' }) }),
    ...(version && { version }),
    packageManager: project.answer('nuget', { rule: 'dotnet-project-file', file }),
    ...((isNamed || isOnlyOneAtTop(project)) && {
      installCommand: project.answer(isNamed ? `dotnet restore ${quote(file)}` : 'dotnet restore', { rule: 'dotnet-project-file', file }),
    }),
    ...(isNamed && {
      buildCommand: project.answer(`dotnet publish ${quote(file)} -c Release -o out`, { rule: 'dotnet-publish', file }),
      startCommand: project.answer(`${framework ? listenPlace : ''}dotnet ${quote(`out/${assembly}.dll`)}`, {
        rule: 'dotnet-assembly',
        confidence: 'medium',
        file,
      }),
      ...(framework && { port: listens?.port ?? project.answer(8080, { rule: 'aspnetcore-image-port', confidence: 'medium', file }) }),
    }),
    services: listProjects(project, file).flatMap((path) => servicesOf(project, listPackages(read(path)), path)),
    ...(isClear && listens?.isLoopback && { remarks: [listens.remark] }),
    ambiguities: others.length > 0 ? [askWhich(project, executables)] : [],
  };

  function read(path: string): string {
    return project.text(path) ?? '';
  }
}

/** `app.Run("http://localhost:4000")`, `app.Urls.Add("http://*:4000")`, `UseUrls("http://0.0.0.0:4000")`: stronger than variables. */
const listensAt = /\b(?:app\.Run|Urls\.Add|UseUrls)\(\s{0,9}"http:\/\/([\w.*+[\]:-]{1,60}):(\d{2,5})\/?"/;

function findListening(
  project: Project,
  file: string,
): { readonly port: Answer<number>; readonly isLoopback: boolean; readonly remark: Remark } | undefined {
  const folder = posix.dirname(file) === '.' ? '' : `${posix.dirname(file)}/`;
  for (const { path, text } of project.sources) {
    const match = path.endsWith('.cs') && path.startsWith(folder) ? listensAt.exec(stripComments(path, text)) : null;
    if (match === null) continue;
    const message = 'It listens on this machine alone, whatever ASPNETCORE_URLS says: others do not reach it.';
    return {
      port: project.answer(Number(match[2]), { rule: 'aspnetcore-urls', file: path, at: match[0] }),
      isLoopback: /^(?:localhost|127\.0\.0\.1)$/.test(match[1]!),
      remark: { about: 'start', file: path, message },
    };
  }
  return undefined;
}

/** What is not named is looked for there, and must be the only one, but for a solution of its name (https://learn.microsoft.com/dotnet/core/tools/dotnet-restore#arguments). */
function isOnlyOneAtTop({ paths }: Project): boolean {
  return new Set(paths.flatMap((path) => /^([^/]+)\.(?:slnx?|\w{2}proj)$/.exec(path)?.[1] ?? [])).size === 1;
}

/** Beside applications in other folders, and without what would hold it together, a folder with a project is one of them. */
function isOneOfSeveral({ paths }: Project, files: readonly string[]): boolean {
  if (paths.some((path) => /^(?:[^/]+\.(?:sln|slnx|slnf|\w{2}proj)|Directory\.\w+\.props|global\.json)$/.test(path))) return false;
  const folders = new Set(files.map((path) => path.split('/', 1)[0]!));
  return paths.some((path) => {
    const [folder, name, ...deeper] = path.split('/');
    return deeper.length === 0 && name !== undefined && !folders.has(folder!) && !isSecondaryFolder(folder!) && ofOthers.test(name);
  });
}

const ofOthers =
  /^(?:package\.json|pyproject\.toml|requirements\.txt|go\.mod|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|Cargo\.toml|mix\.exs)$/;

/** Its own, else what the folders around say for all projects in them, else the SDK's (https://learn.microsoft.com/visualstudio/msbuild/customize-by-directory). */
function findTargetVersion(project: Project, file: string): Answer<string> | undefined {
  const folders = file.split('/').map((_, depth, all) => [...all.slice(0, all.length - 1 - depth), ''].join('/'));
  const places = [file, ...['Build', 'Packages'].flatMap((kind) => folders.map((folder) => `${folder}Directory.${kind}.props`))];
  for (const place of places) {
    const version = /<TargetFrameworks?>\s*net(?:coreapp)?(\d[\d.]*)/.exec(project.text(place) ?? '')?.[1];
    if (version !== undefined) return project.answer(version, { rule: 'dotnet-target-framework', file: place, at: /<TargetFramework/ });
  }
  const sdk = project.has('global.json') ? findTable(project.parse('global.json'), 'sdk')?.['version'] : undefined;
  const version = typeof sdk === 'string' ? /^\d{1,3}\.\d{1,3}/.exec(sdk)?.[0] : undefined;
  return version === undefined
    ? undefined
    : project.answer(version, { rule: 'dotnet-sdk', confidence: 'medium', file: 'global.json', at: '"version"' });
}

const maxProjects = 50;

/** The project and those that it refers to. */
function listProjects(project: Project, file: string): string[] {
  const found = [file];
  for (const path of found) {
    for (const [, reference] of (project.text(path) ?? '').matchAll(/<ProjectReference\s+Include="([^"]{1,300})"/g)) {
      const other = posix.join(posix.dirname(path), reference!.replaceAll('\\', '/'));
      if (found.length < maxProjects && project.has(other) && !found.includes(other)) found.push(other);
    }
  }
  return found;
}

/** Those of Aspire are named after what they wrap (https://learn.microsoft.com/dotnet/aspire/fundamentals/integrations-overview). */
function listPackages(text: string): string[] {
  return [...text.matchAll(/<PackageReference\s+Include="(?:Aspire\.)?([\w.-]{1,100})"/g)].map(([, name]) => name!);
}

function askWhich(project: Project, files: readonly string[]): Ambiguity {
  return {
    field: 'startCommand',
    message: 'There are several programs. Choose the folder of one with --root.',
    choices: files.map((file) => project.answer(file, { rule: 'dotnet-program', file })),
  };
}

function quote(word: string): string {
  return word.includes(' ') ? `"${word}"` : word;
}
