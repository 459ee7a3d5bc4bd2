import { DeliveryError } from '../delivery-error.ts';
import type { BuildPlan } from './build-plan.ts';
import { chooseBaseImage } from './choose-base-image.ts';
import { writeTrustStore } from './java-trust-store.ts';
import type { findBuiltInProgram } from './find-built-in-program.ts';
import { listListeningVariables } from './listening-variables.ts';
import { findPackageManagerTool } from './package-manager-tool.ts';
import type { PackageManagerTool } from './package-manager-tool.ts';
import { authoritiesId } from './package-registries.ts';
import type { RegistrySecret } from './package-registries.ts';
import { secretPath, toJsonForm } from './secure-dockerfile.ts';

export interface GenerateOptions {
  /** Copied before everything else; see `chooseManifests`. */
  readonly manifests?: readonly string[];
  /** The same of what is built for browsers. */
  readonly assetManifests?: readonly string[];
  /** Of the package manager; see `findPackageManagerVersion`. */
  readonly managerVersion?: string;
  /** The same of what is built for browsers. */
  readonly assetManagerVersion?: string;
  /** Names of the arguments that the build gets. */
  readonly variableNames?: readonly string[];
  /** Settings of package registries that the build gets as secrets of these ids. */
  readonly secrets?: readonly RegistrySecret[];
}

export interface GeneratedDockerfile {
  readonly text: string;
  /** What of the context does not reach the build. */
  readonly ignore: string;
  /** What the context must hold beside the files of the application, see `placeOfProgram`. */
  readonly program?: ProgramName;
  /** Where the image listens unless `PORT` says otherwise. */
  readonly port: number;
}

export type ProgramName = Parameters<typeof findBuiltInProgram>[0];

/** Where a program lies in the context. */
export function placeOfProgram(name: ProgramName): string {
  return `.deployguard-${name}`;
}

/** What runs on the system that it is built on, and may be linked with its libraries. */
const linkedLanguages = new Set(['node', 'python', 'ruby', 'rust', 'go', 'elixir']);
const carried = '/opt/carried';

/** Of nobody in the image. Kubernetes can only tell from a number that it is not root. */
const user = '10001:10001';
const defaultPort = 8080;
const site = '/srv/site';

/** Rails writes its log and serves its files by itself only where it is told to. */
const rubyVariables =
  'BUNDLE_PATH=/opt/bundle BUNDLE_WITHOUT=development:test RACK_ENV=production RAILS_ENV=production RAILS_LOG_TO_STDOUT=1 RAILS_SERVE_STATIC_FILES=1';

/** They are built already; Rails would look for Node and its packages (jsbundling-rails, cssbundling-rails). */
const withoutAssets = 'SKIP_JS_BUILD=1 SKIP_CSS_BUILD=1';

/**
 * Writes the Dockerfile of an application: dependencies first, then the rest, then an image without what was only needed to build it, for a
 * user that is not root. Values of the repository stand in it in JSON form only, which nothing expands.
 *
 * @throws {DeliveryError} `LANGUAGE_UNSUPPORTED`, `NOTHING_TO_START`, `ROOT_NOT_FOUND`
 */
export function generateDockerfile(plan: BuildPlan, options: GenerateOptions = {}): GeneratedDockerfile {
  const { manifests, secrets = [] } = options;
  const base = chooseBaseImage(plan);
  const port = plan.port !== undefined && plan.port >= 1024 && plan.port <= 65_535 ? plan.port : defaultPort;
  const isStatic = plan.staticOutput !== undefined;
  const isLinked = !isStatic && linkedLanguages.has(plan.language ?? '');
  const program = isStatic ? 'static-server.mjs' : isLinked ? 'carry-libraries.sh' : undefined;
  if (!isStatic && plan.startCommand === undefined)
    throw new DeliveryError('NOTHING_TO_START', 'Nothing says how the application is started. Name its start command in deployguard.yaml.');

  const tool = findPackageManagerTool(plan, options.managerVersion);
  const surroundings = listSurroundings(plan, tool);
  const run = (command: string): string => writeRun(command, plan, secrets);
  const { assets } = plan;
  const lines = [
    `FROM ${base.build} AS ${assets === undefined ? 'build' : 'dependencies'}`,
    ...listPreparation(plan, tool, options),
    'COPY . .',
    ...(plan.root === '' ? [] : [`WORKDIR ${escapePath(plan.root)}`]),
    ...(manifests !== undefined || plan.installCommand === undefined ? [] : [run(plan.installCommand)]),
    ...(assets === undefined ? [] : listAssetStage(assets, options)),
    ...(plan.buildCommand === undefined ? [] : [run(plan.buildCommand)]),
    // What a compiler keeps for its next time is many times the program.
    ...(plan.language === 'rust'
      ? [`RUN ${toJsonForm(['/bin/sh', '-c', 'find target -mindepth 2 -maxdepth 2 -type d -exec rm -rf {} +'])}`]
      : []),
    ...(isStatic ? [writeMove(plan.staticOutput!)] : []),
    ...(isLinked ? [`RUN ["/bin/sh","/app/${placeOfProgram('carry-libraries.sh')}","gather"]`] : []),
    '',
    `FROM ${isStatic ? chooseBaseImage({ language: 'static' }).run : base.run}`,
    ...(isStatic ? listStaticStage(plan) : listStage(plan, surroundings)),
    ...(isLinked ? [`COPY --from=build ${carried} ${carried}`, `RUN ["/bin/sh","${carried}/carry-libraries.sh","place"]`] : []),
    `ENV PORT=${port} HOME=/tmp`,
    `USER ${user}`,
    `EXPOSE ${port}`,
    `CMD ${toJsonForm(isStatic ? listServer(plan) : ['/bin/sh', '-c', plan.startCommand!])}`,
  ];
  return { text: `${lines.join('\n')}\n`, ignore: ignoredFiles, port, ...(program && { program }) };
}

/** Up to the installation, where that needs no other files than its manifests. */
function listPreparation(plan: BuildPlan, tool: PackageManagerTool | undefined, options: GenerateOptions): string[] {
  const { manifests, variableNames = [], secrets = [] } = options;
  const run = (command: string): string => writeRun(command, plan, secrets);
  return [
    'WORKDIR /app',
    ...listSurroundings(plan, tool),
    ...variableNames.map((name) => `ARG ${name}`),
    ...(plan.language === 'python' ? ['RUN ["python3", "-m", "venv", "/opt/venv"]'] : []),
    // Composer would take the PHP that it comes with for the one that the application runs on.
    ...(plan.language === 'php' && plan.installCommand !== undefined
      ? [`RUN ["composer","config","--global","platform.php","${/:(\d+\.\d+)/.exec(chooseBaseImage(plan).run)![1]}.99"]`]
      : []),
    ...(tool === undefined
      ? []
      : [run(tool.registry === 'npm' ? `npm install --prefix /opt/tools ${tool.package}` : `pip install ${tool.name}`)]),
    ...(manifests === undefined
      ? []
      : [`COPY ${toJsonForm([...manifests, './'])}`, ...(plan.installCommand === undefined ? [] : [run(plan.installCommand)])]),
  ];
}

/** What is built for browsers may use what was installed, and the build what came of it; the packages that it was built with stay behind. */
function listAssetStage(
  assets: BuildPlan,
  { assetManifests, assetManagerVersion, variableNames = [], secrets = [] }: GenerateOptions,
): string[] {
  const run = (command: string): string => writeRun(command, assets, secrets);
  const tool = findPackageManagerTool(assets, assetManagerVersion);
  return [
    '',
    `FROM ${chooseBaseImage(assets).build} AS assets`,
    ...listPreparation(assets, tool, { variableNames, secrets, ...(assetManifests && { manifests: assetManifests }) }),
    'COPY --from=dependencies /app /app',
    ...(assets.root === '' ? [] : [`WORKDIR ${escapePath(assets.root)}`]),
    ...(assetManifests !== undefined || assets.installCommand === undefined ? [] : [run(assets.installCommand)]),
    run(assets.buildCommand!),
    'RUN ["rm","-rf","node_modules"]',
    '',
    'FROM dependencies AS build',
    'COPY --from=assets /app /app',
  ];
}

/** What is made anew in the build. All else was committed to be there, also settings such as `.env`: the gate has looked for secrets in it. */
const ignoredFiles = ['.git', '**/.git', '**/node_modules', '**/.venv', '**/__pycache__', ''].join('\n');

function listSurroundings({ language, assets }: BuildPlan, tool: PackageManagerTool | undefined): string[] {
  const places = [
    ...(language === 'python' ? ['/opt/venv/bin'] : []),
    ...(tool?.registry === 'npm' ? ['/opt/tools/node_modules/.bin'] : []),
  ];
  const variables = [
    ...(language === 'python' ? ['VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv PYTHONUNBUFFERED=1'] : []),
    // Composer's image has few of the extensions that the one it runs on may have.
    ...(language === 'php' ? ['COMPOSER_IGNORE_PLATFORM_REQ=ext-*'] : []),
    ...(language === 'deno' ? ['DENO_DIR=/opt/deno DENO_NO_UPDATE_CHECK=1'] : []),
    ...(language === 'elixir' ? ['MIX_ENV=prod LANG=C.UTF-8 RELEASE_TMP=/tmp'] : []),
    ...(language === 'dotnet' ? ['DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1'] : []),
    ...(language === 'ruby' ? [rubyVariables, ...(assets === undefined ? [] : [withoutAssets])] : []),
    ...(places.length > 0 ? [`PATH=${places.join(':')}:$PATH`] : []),
  ];
  return variables.length === 0 ? [] : [`ENV ${variables.join(' ')}`];
}

/** Bases from packages of Debian have PHP keep sessions where a container cannot write, and leave old ones to a task of the system. */
const phpSettings = [
  'ENV PHP_INI_SCAN_DIR=:/opt/php',
  `RUN ${toJsonForm(['/bin/sh', '-c', "mkdir -p /opt/php && printf 'session.save_path = /tmp\\nsession.gc_probability = 1\\n' > /opt/php/sessions.ini"])}`,
];

function listStage({ language, root }: BuildPlan, surroundings: readonly string[]): string[] {
  const listening = Object.entries(listListeningVariables(language, '0.0.0.0')).map(([name, address]) => `${name}=${address}`);
  return [
    ...(language === 'go' ? [`ENV PATH=${root === '' ? '/app' : escapePath(root)}/bin:$PATH`] : surroundings),
    ...(language === 'node' ? [`ENV NODE_ENV=production ${listening.join(' ')}`] : []),
    ...(language === 'php' ? phpSettings : []),
    'WORKDIR /app',
    ...(language === 'python' ? ['COPY --from=build /opt/venv /opt/venv'] : []),
    ...(language === 'ruby' ? ['COPY --from=build /opt/bundle /opt/bundle'] : []),
    ...(language === 'deno' ? ['COPY --from=build /opt/deno /opt/deno'] : []),
    ...(surroundings.some((line) => line.includes('/opt/tools/')) ? ['COPY --from=build /opt/tools /opt/tools'] : []),
    'COPY --from=build /app /app',
    ...(root === '' ? [] : [`WORKDIR ${escapePath(root)}`]),
  ];
}

function listStaticStage(_plan: BuildPlan): string[] {
  return [
    'WORKDIR /srv',
    `COPY ${toJsonForm([placeOfProgram('static-server.mjs'), '/srv/static-server.mjs'])}`,
    `COPY --from=build ${site} ${site}`,
  ];
}

function listServer({ language }: BuildPlan): string[] {
  return ['node', '/srv/static-server.mjs', site, ...(language === 'static' ? [] : ['--single-page'])];
}

/** Of the top itself, everything but the program that serves it. */
function writeMove(output: string): string {
  return `RUN ${toJsonForm(['/bin/sh', '-c', `mkdir -p ${site} && cp -R -- "$0/." ${site}/ && rm -f ${site}/${placeOfProgram('static-server.mjs')}`, output])}`;
}

/** Packages that are compiled would fetch them from nodejs.org. */
const findHeaders = '[ ! -d /usr/local/include/node ] || export npm_config_nodedir=/usr/local';

/** The package manager of Elixir does not come with it. */
const fetchHex = '[ ! -f mix.lock ] || { mix local.hex --force --if-missing && mix local.rebar --force --if-missing; } || exit 1';

function writeRun(command: string, { language, installCommand }: BuildPlan, secrets: readonly RegistrySecret[]): string {
  const mounts = secrets.map(
    ({ id, homePath }) => `--mount=type=secret,id=${id},target=${homePath === undefined ? secretPath(id) : `/root/${homePath}`}`,
  );
  const settings = secrets.flatMap(({ id, pathVariables = [], valueVariable }) => [
    ...pathVariables.map((name) => `${name}=${secretPath(id)}`),
    ...(valueVariable === undefined ? [] : [`${valueVariable}="$(cat ${secretPath(id)})"`]),
  ]);
  const isJava = language === 'java' || language === 'kotlin';
  const script = [
    ...(settings.length === 0 ? [] : [`export ${settings.join(' ')}`]),
    ...(isJava && secrets.some(({ id }) => id === authoritiesId) ? [writeTrustStore(secretPath(authoritiesId))] : []),
    ...(language === 'elixir' && command === installCommand ? [fetchHex] : []),
    ...(language === 'node' && command === installCommand ? [findHeaders] : []),
    command,
  ];
  return ['RUN', ...mounts, toJsonForm(['/bin/sh', '-c', script.join('\n')])].join(' ');
}

/** WORKDIR knows no JSON form: everything in it that could mean something is escaped. */
function escapePath(path: string): string {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path) || path.split('/').includes('..'))
    throw new DeliveryError('ROOT_NOT_FOUND', `${JSON.stringify(path)} cannot be the folder of an application. Rename it.`);
  return `/app/${path.replaceAll(/[^\p{L}\p{N}/._-]/gu, String.raw`\$&`)}`;
}
