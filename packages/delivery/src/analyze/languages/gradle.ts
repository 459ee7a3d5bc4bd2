import type { Answer } from '../answer.ts';
import type { Project } from '../project.ts';
import { startArchive, startScript } from './java-start.ts';

/** A program that a build of Gradle leaves behind. */
export interface GradleProgram {
  readonly startCommand: Answer<string>;
  /** Whether `installDist` makes it, which is no part of `build`. */
  readonly isInstalled: boolean;
}

/** A project of a build (https://docs.gradle.org/current/userguide/multi_project_builds.html). */
interface Module {
  readonly folder: string;
  /** `undefined` when it is not written plainly; the folder's would count, which a checkout may call anything. */
  readonly name?: string;
  readonly file: string;
  readonly text: string;
}

/**
 * What a build of Gradle starts: the archive that Spring Boot's plugin makes or whose manifest names a class, else what the plugin
 * `application` installs, of the only project that has it. Build files are programs, so names count only where they are written plainly.
 */
export function findGradleProgram(project: Project, framework: string | undefined): GradleProgram | undefined {
  const modules = listModules(project);
  const top = modules.find(({ folder }) => folder === '');
  const applications = modules.filter(({ text }) => usesApplicationPlugin(text));
  if (top !== undefined && framework === 'spring-boot') return findArchive(project, top, framework) ?? findAnyArchive(project, top);
  if (applications.length > 0) return applications.length === 1 ? findInstallation(project, applications[0]!, framework) : undefined;
  return top !== undefined && /["']Main-Class["']/.test(top.text) ? findArchive(project, top, framework) : undefined;
}

function listModules(project: Project): Module[] {
  const settings = read(project, ['settings.gradle.kts', 'settings.gradle'])?.text ?? '';
  const name = /^[ \t]*rootProject\.name\s{0,9}=\s{0,9}['"]([\w.-]+)['"]/m.exec(settings)?.[1];
  const included = [...settings.matchAll(/\binclude\s{0,9}\(?\s{0,20}((?:["'][\w:.-]+["']\s{0,20},?\s{0,20})+)/g)]
    .flatMap(([, list]) => [...list!.matchAll(/[\w:.-]+/g)].map(([path]) => path.replace(/^:/, '')))
    .map((path) => ({ folder: path.replaceAll(':', '/'), name: path.split(':').at(-1)! }));
  return [{ folder: '', ...(name && { name }) }, ...included].flatMap((place) => {
    const prefix = place.folder === '' ? '' : `${place.folder}/`;
    const build = read(project, [`${prefix}build.gradle.kts`, `${prefix}build.gradle`]);
    return build === undefined ? [] : [{ ...place, ...build }];
  });
}

/** The first of the files, without its comments. */
function read(project: Project, files: readonly string[]): { readonly file: string; readonly text: string } | undefined {
  const file = files.find((path) => project.has(path));
  const text = file === undefined ? undefined : project.text(file);
  return file === undefined || text === undefined
    ? undefined
    : { file, text: text.replaceAll(/\/\*[^]*?(?:\*\/|$)|(?<!:)\/\/[^\n]*/g, ' ') };
}

function usesApplicationPlugin(text: string): boolean {
  const plugins = /\bplugins\s{0,9}\{([^}]{0,4000})\}/.exec(text)?.[1] ?? '';
  // Ktor's applies it (https://github.com/ktorio/ktor-build-plugins).
  return (
    /(?:^|\s)application(?:\s|$)|["'](?:application|io\.ktor\.plugin)["']/.test(plugins) ||
    /\bplugin\s{0,9}[:=]\s{0,9}["']application["']/.test(text)
  );
}

/** Reports and copies name the folder of a build as well, which leaves it where it is. */
const movesBuild = /\bbuildDir(?:ectory)?\s{0,9}(?:=(?!=)|\.\s{0,9}set\s{0,9}\()|\bsetBuildDir\b/;

/** https://docs.gradle.org/current/userguide/application_plugin.html */
function findInstallation(
  project: Project,
  { folder, name, file, text }: Module,
  framework: string | undefined,
): GradleProgram | undefined {
  if (/\b(?:applicationName|distributionBaseName|baseName|executableDir)\b/.test(text) || movesBuild.test(text)) return undefined;
  const output = folder === '' ? 'build' : `${folder}/build`;
  const basis = { rule: 'gradle-application', confidence: 'medium', file, at: /\bapplication\b|io\.ktor\.plugin/ } as const;
  // The one that is not for Windows.
  const script = name === undefined ? `"$(ls ${output}/install/*/bin/* | grep -v '[.]bat$')"` : `${output}/install/${name}/bin/${name}`;
  return { startCommand: project.answer(startScript(framework, script), basis), isInstalled: true };
}

/** Named after project and version (https://docs.gradle.org/current/userguide/building_java_projects.html). */
function findArchive(project: Project, { name, file, text }: Module, framework: string | undefined): GradleProgram | undefined {
  const version = /^version\s{0,9}=?\s{0,9}['"]([\w.-]+)['"]/m.exec(text)?.[1];
  const isVersioned = /^[ \t]*version\b/m.test(text) || project.has('gradle.properties');
  const isRenamed = /\b(?:archiveFileName|archiveBaseName|archivesName|archivesBaseName)\b/.test(text) || movesBuild.test(text);
  if (name === undefined || isRenamed || (version === undefined && isVersioned)) return undefined;
  const archive = version === undefined ? name : `${name}-${version}`;
  const basis = { rule: 'gradle-archive', confidence: 'medium', file, at: version ?? /Main-Class|springframework/ } as const;
  return { startCommand: project.answer(startArchive(framework, `build/libs/${archive}.jar`), basis), isInstalled: false };
}

/** Whatever it is called, the archive of Spring Boot is the one that is not plain (https://docs.spring.io/spring-boot/gradle-plugin/packaging.html). */
function findAnyArchive(project: Project, { file, text }: Module): GradleProgram | undefined {
  if (!/["']org\.springframework\.boot["'](?![^\n]{0,80}\bapply\s{0,5}\(?false)/.test(text)) return undefined;
  if (/\b(?:destinationDir(?:ectory)?|archiveExtension|war|bootWar|shadow(?:Jar)?)\b/.test(text) || movesBuild.test(text)) return undefined;
  const archive = '"$(ls build/libs/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar)"';
  const basis = { rule: 'gradle-archive', confidence: 'medium', file, at: 'springframework' } as const;
  return { startCommand: project.answer(startArchive('spring-boot', archive), basis), isInstalled: false };
}
