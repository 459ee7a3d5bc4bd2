import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { findGradleProgram, type GradleProgram } from './gradle.ts';
import { startArchive } from './java-start.ts';
import { findSpringPrefix, findSpringProperty } from './spring-settings.ts';

const frameworks: readonly (readonly [id: string, library: RegExp, port: number])[] = [
  ['spring-boot', /org\.springframework\.boot|spring-boot-starter/, 8080],
  ['quarkus', /io\.quarkus/, 8080],
  ['micronaut', /io\.micronaut/, 8080],
  ['ktor', /io\.ktor/, 8080],
  ['dropwizard', /io\.dropwizard/, 8080],
];

/** Applications in Java and Kotlin, built by Maven or Gradle. Build files are programs or XML; only what is written plainly in them is seen. */
export function detectJava(project: Project): Detection | undefined {
  const file = ['pom.xml', 'build.gradle.kts', 'build.gradle', 'settings.gradle.kts', 'settings.gradle'].find((path) => project.has(path));
  if (file === undefined) return undefined;
  const isMaven = file === 'pom.xml';
  const withProfiles = (project.text(file) ?? '').replaceAll(/<!--[^]*?(?:-->|$)/g, '');
  // What a profile adds holds for who asks for it.
  const text = isMaven ? withProfiles.replaceAll(/<profiles>[^]*?(?:<\/profiles>|$)/g, '') : withProfiles;
  const isKotlin =
    /kotlin-maven-plugin|(?:kotlin|embeddedKotlin)\(["']jvm["']\)|\balias\(\s{0,9}\w{1,40}\.plugins\.kotlin\b|org\.jetbrains\.kotlin\.jvm|\b(?:plugin\s{0,9}[:=]|id)\s{0,9}\(?["']kotlin["']/.test(
      text,
    );
  const used = isMaven ? leaveOutOwnGroup(text) : text;
  const framework = frameworks.find(([, library]) => library.test(used));
  const version = findVersion(project, [
    { file: '.java-version', rule: 'java-version-file' },
    { file: '.tool-versions', expression: /^java\s+(\S+)/m, rule: 'tool-versions' },
    { file, expression: /<(?:java\.version|maven\.compiler\.(?:release|source)|release)>\s*([\d.]+)\s*</, rule: 'maven-java' },
    {
      file,
      expression:
        /(?:languageVersion[^\n]{0,60}?\bof\(|jvmToolchain\(|sourceCompatibility\s*(?:=\s*)?(?:JavaVersion\.VERSION_|['"])?)(\d[\d._]*)/,
      rule: 'gradle-java',
    },
  ]);
  const port =
    framework &&
    (findConfiguredPort(project) ??
      findFrameworkPort(project, framework[0]) ??
      project.answer(framework[2], { rule: 'java-framework-port', confidence: 'medium', file }));
  const libraries = listLibraries(withProfiles);
  const gradle = isMaven || framework?.[0] === 'quarkus' ? undefined : findGradleProgram(project, framework?.[0]);
  const healthPath = text.includes('spring-boot-starter-actuator') ? findActuatorPath(project) : undefined;
  return {
    language: project.answer(isKotlin ? 'kotlin' : 'java', { rule: 'java-build-file', file }),
    ...(framework && { framework: project.answer(framework[0], { rule: 'java-framework-library', file, at: framework[1] }) }),
    ...(version && { version }),
    packageManager: project.answer(isMaven ? 'maven' : 'gradle', { rule: 'java-build-file', file }),
    buildCommand: project.answer(isMaven ? chooseMavenBuild(project) : chooseGradleBuild(project, gradle), {
      rule: 'java-build-file',
      file,
    }),
    ...findStart(project, file, text, framework?.[0], gradle),
    ...(port && { port }),
    ...(healthPath && { healthPath: project.answer(healthPath, { rule: 'spring-actuator', file, at: 'spring-boot-starter-actuator' }) }),
    ...(text.includes('quarkus-smallrye-health') && findQuarkusHealth(project, file)),
    services: servicesOf(project, libraries, file),
  };
}

/** What a project is called says nothing of what it uses: samples of a framework are often of its group. */
function leaveOutOwnGroup(text: string): string {
  const own = /<groupId>\s*([\w.-]{1,100})\s*</.exec(leaveOutParts(text))?.[1];
  return text.replaceAll(/<groupId>\s*([\w.-]{1,100})\s*</g, (whole, group) => (group === own ? '<' : whole));
}

function leaveOutParts(text: string): string {
  return text.replace(/<(parent|dependencies|dependency|build|dependencyManagement)>[^]*?(?:<\/\1>|$)/g, '');
}

function chooseMavenBuild(project: Project): string {
  const hasWrapper = ['mvnw', '.mvn/wrapper/maven-wrapper.properties'].every((file) => project.has(file));
  return `${hasWrapper ? runWrapper('mvnw') : 'mvn'} -B -DskipTests package`;
}

function chooseGradleBuild(project: Project, program: GradleProgram | undefined): string {
  const tasks = program?.isInstalled ? 'build installDist' : 'build';
  const needed = ['gradlew', 'gradle/wrapper/gradle-wrapper.properties', 'gradle/wrapper/gradle-wrapper.jar'];
  return `${needed.every((file) => project.has(file)) ? runWrapper('gradlew') : 'gradle'} ${tasks} -x test`;
}

/** Committed on Windows, it is often no program. Which shell it wants, its first line says. */
function runWrapper(file: string): string {
  return `chmod +x ${file} && ./${file}`;
}

/** The archive is named after what `pom.xml` says; with Gradle its name is mostly settled only when it runs. */
function findStart(
  project: Project,
  file: string,
  text: string,
  framework: string | undefined,
  gradle: GradleProgram | undefined,
): Pick<Facts, 'startCommand'> {
  const output = file === 'pom.xml' ? 'target' : 'build';
  if (file === 'pom.xml' && /<packaging>\s*pom\s*</.test(text)) return {};
  if (framework === 'quarkus')
    return {
      startCommand: project.answer(startArchive(framework, `${output}/quarkus-app/quarkus-run.jar`), {
        rule: 'quarkus-run',
        confidence: 'medium',
        file,
      }),
    };
  if (file !== 'pom.xml') return gradle === undefined ? {} : { startCommand: gradle.startCommand };
  // An archive that nobody says where to begin in cannot be started.
  if (framework === undefined && !/<mainClass>/.test(text)) return {};
  const isWar = /<packaging>\s*war\s*</.test(text);
  // Of Spring Boot it starts itself (https://docs.spring.io/spring-boot/how-to/deployment/traditional-deployment.html).
  if (isWar && !(framework === 'spring-boot' && text.includes('spring-boot-maven-plugin'))) return {};
  const archive = findArchiveName(project, text);
  if (archive === undefined) return {};
  return {
    startCommand: project.answer(startArchive(framework, `target/${archive}.${isWar ? 'war' : 'jar'}`), {
      rule: 'maven-archive',
      confidence: 'medium',
      file,
      at: /<finalName>|<artifactId>/,
    }),
  };
}

/** `finalName`, else `artifactId` and `version`, which a module has from its parent (https://maven.apache.org/pom.html). */
function findArchiveName(project: Project, text: string): string | undefined {
  const own = leaveOutParts(text);
  const parent = /<parent>([^]*?)(?:<\/parent>|$)/.exec(text)?.[1] ?? '';
  const id = /<artifactId>\s*([\w.-]+)\s*</.exec(own)?.[1];
  // Of modules without a version of their own many are libraries.
  const isProgram =
    /spring-boot-maven-plugin|<mainClass>/.test(text) ||
    // Spring's generator names the class so; mostly it lies too deep to be read.
    project.paths.some((path) => /^src\/main\/(?:java|kotlin)\/(?:\w+\/)*\w*Application\.(?:java|kt)$/.test(path)) ||
    project.sources.some((source) => source.text.includes('@SpringBootApplication'));
  const inherited = !/<version>/.test(own) && isProgram ? parent : undefined;
  const version = /<version>\s*([\w.-]+)\s*</.exec(inherited ?? own)?.[1];
  const build = text.replaceAll(/<plugins>[^]*?(?:<\/plugins>|$)/g, '');
  const name = /<finalName>\s*([^<>\s]{1,200})\s*</.exec(build)?.[1] ?? '${project.artifactId}-${project.version}';
  const archive = name
    .replaceAll(/\$\{(?:project\.|pom\.)?artifactId\}/g, id ?? '$')
    .replaceAll(/\$\{(?:project\.|pom\.)?version\}/g, version ?? '$');
  return /^[\w.-]+$/.test(archive) ? archive : undefined;
}

/** With a port of its own it is not asked where users are (https://docs.spring.io/spring-boot/reference/actuator/monitoring.html). */
function findActuatorPath(project: Project): string | undefined {
  const prefix = findSpringPrefix(project);
  const base = findSpringProperty(project, ['management.endpoints.web.base-path']) ?? '/actuator';
  const name = findSpringProperty(project, ['management.endpoints.web.path-mapping.health']) ?? 'health';
  if (prefix === undefined || findSpringProperty(project, ['management.server.port']) !== undefined) return undefined;
  const path = `${prefix}/${base}/${name}`.replaceAll(/\/{2,}/g, '/');
  return /^[\w/.-]+$/.test(path) ? path : undefined;
}

/** Where no setting leads it elsewhere (https://quarkus.io/guides/smallrye-health). */
function findQuarkusHealth(project: Project, file: string): Pick<Facts, 'healthPath'> {
  const settings = [
    'quarkus.http.root-path',
    'quarkus.http.non-application-root-path',
    'quarkus.smallrye-health.root-path',
    'quarkus.management.enabled',
  ];
  if (findSpringProperty(project, settings) !== undefined) return {};
  return { healthPath: project.answer('/q/health', { rule: 'quarkus-health', file, at: 'quarkus-smallrye-health' }) };
}

function findConfiguredPort(project: Project): Answer<number> | undefined {
  for (const file of ['properties', 'yml', 'yaml'].map((ending) => `src/main/resources/application.${ending}`)) {
    const at =
      /^(?:server\.port|quarkus\.http\.port)\s*=\s*(?:\$\{[\w.-]{1,60}:){0,3}(\d{2,5})|^server:\s*\n(?:[ \t][^\n]*\n){0,20}?[ \t]+port:\s*['"]?(?:\$\{[\w.-]{1,60}:){0,3}(\d{2,5})/m;
    const match = at.exec(project.text(file) ?? '');
    const port = match?.[1] ?? match?.[2];
    if (port !== undefined) return project.answer(Number(port), { rule: 'java-configured-port', file, at });
  }
  return undefined;
}

/** https://docs.micronaut.io/latest/guide/#runningSpecificPort, https://ktor.io/docs/server-configuration-file.html */
const frameworkSettings: Readonly<Record<string, RegExp>> = {
  micronaut:
    /^micronaut\.server\.port\s{0,9}=\s{0,9}(?:\$\{[\w.-]{1,60}:){0,3}(\d{2,5})|^micronaut:\s*\n(?:[ \t][^\n]*\n){0,20}?[ \t]+server:\s*\n(?:[ \t][^\n]*\n){0,9}?[ \t]+port:\s*['"]?(?:\$\{[\w.-]{1,60}:){0,3}(\d{2,5})/m,
  ktor: /\bdeployment\s{0,9}\{[^}]{0,400}?\bport\s{0,9}[:=]\s{0,9}"?(\d{2,5})\b|^ktor:\s*\n(?:[ \t][^\n]*\n){0,20}?[ \t]+port:\s*['"]?(?:\$\w{1,60}:)?(\d{2,5})/m,
};

function findFrameworkPort(project: Project, framework: string): Answer<number> | undefined {
  const at = frameworkSettings[framework];
  if (at === undefined) return undefined;
  for (const file of ['conf', 'yaml', 'yml', 'properties'].map((ending) => `src/main/resources/application.${ending}`)) {
    const match = at.exec(project.text(file) ?? '');
    const port = match?.[1] ?? match?.[2];
    if (port !== undefined) return project.answer(Number(port), { rule: 'java-configured-port', file, at });
  }
  return undefined;
}

/** `group:artifact` of what is written in either build file. */
function listLibraries(text: string): string[] {
  const maven = [...text.matchAll(/<groupId>\s*([\w.-]{1,100})\s*<\/groupId>\s*<artifactId>\s*([\w.-]{1,100})\s*</g)];
  const gradle = [...text.matchAll(/['"]([\w.-]{1,100}):([\w.-]{1,100})(?::[^'"]{0,60})?['"]/g)];
  return [...maven, ...gradle].map(([, group, artifact]) => `${group!}:${artifact!}`);
}
