import type { Ambiguity, Detection } from '../analysis.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';

/** Else the port is one of the image's, or of its own settings (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints). */
const listenPlace = 'ASPNETCORE_URLS=http://0.0.0.0:${PORT:-8080} ';

const isTest = /Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true/i;

/** Applications for .NET: project files, of which those for the web or with a program count (https://learn.microsoft.com/dotnet/core/project-sdk/overview). */
export function detectDotnet(project: Project): Detection | undefined {
  const files = project.paths.filter((path) => /\.(?:cs|fs|vb)proj$/.test(path) && path.split('/').length <= 3);
  const [first] = files;
  if (first === undefined) return undefined;
  const programs = files.filter((file) => !isTest.test(read(file)));
  const web = programs.filter((file) => read(file).includes('Microsoft.NET.Sdk.Web'));
  const executables = web.length > 0 ? web : programs.filter((file) => /<OutputType>\s*(?:Win)?Exe\s*</i.test(read(file)));
  const [file = first, ...others] = executables;
  const isClear = executables.length === 1;
  const framework = web.length > 0 ? 'aspnetcore' : undefined;
  const version = /<TargetFrameworks?>\s*net(?:coreapp)?([\d.]+)/.exec(read(file))?.[1];
  const assembly =
    /<AssemblyName>\s*([\w.-]+)\s*</.exec(read(file))?.[1] ??
    file
      .split('/')
      .at(-1)!
      .replace(/\.\w+proj$/, '');
  return {
    language: project.answer('dotnet', { rule: 'dotnet-project-file', file }),
    ...(framework && { framework: project.answer(framework, { rule: 'dotnet-web-sdk', file, at: 'Microsoft.NET.Sdk.Web' }) }),
    ...(version && { version: project.answer(version, { rule: 'dotnet-target-framework', file, at: /<TargetFramework/ }) }),
    packageManager: project.answer('nuget', { rule: 'dotnet-project-file', file }),
    installCommand: project.answer('dotnet restore', { rule: 'dotnet-project-file', file }),
    ...(isClear &&
      /^[\w./ -]+$/.test(file) && {
        buildCommand: project.answer(`dotnet publish ${quote(file)} -c Release -o out`, { rule: 'dotnet-publish', file }),
        startCommand: project.answer(`${framework ? listenPlace : ''}dotnet ${quote(`out/${assembly}.dll`)}`, {
          rule: 'dotnet-assembly',
          confidence: 'medium',
          file,
        }),
        ...(framework && { port: project.answer(8080, { rule: 'aspnetcore-image-port', confidence: 'medium', file }) }),
      }),
    services: servicesOf(
      project,
      [...read(file).matchAll(/<PackageReference\s+Include="([\w.-]{1,100})"/g)].map(([, name]) => name!),
      file,
    ),
    ambiguities: others.length > 0 ? [askWhich(project, executables)] : [],
  };

  function read(path: string): string {
    return project.text(path) ?? '';
  }
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
