import type { Ambiguity, Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findProcesses } from '../find-processes.ts';
import { listMembers } from '../list-members.ts';
import { listHeads } from '../list-heads.ts';
import { isBeside, listOwnSources } from '../own-sources.ts';
import { countLines, type Project, type SourceFile } from '../project.ts';
import { servicesOf } from '../services-of.ts';

const frameworks: readonly (readonly [id: string, module: RegExp])[] = [
  ['gin', /^github\.com\/gin-gonic\/gin$/],
  ['echo', /^github\.com\/labstack\/echo(?:\/v\d)?$/],
  ['fiber', /^github\.com\/gofiber\/fiber(?:\/v\d)?$/],
  ['chi', /^github\.com\/go-chi\/chi(?:\/v\d)?$/],
  ['gorilla-mux', /^github\.com\/gorilla\/mux$/],
  ['beego', /^github\.com\/beego\/beego(?:\/v\d)?$/],
  ['buffalo', /^github\.com\/gobuffalo\/buffalo$/],
];

/** Programs in Go: `go.mod` says what they use, `package main` where they begin. */
export function detectGo(project: Project): Detection | undefined {
  const manifest = ['go.mod', 'go.work', 'main.go'].find((path) => project.has(path));
  if (manifest === undefined) return undefined;
  const text = project.text(manifest) ?? '';
  const modules = listDirectModules(project.text('go.mod') ?? '');
  const framework = frameworks.find(([, expression]) => modules.some((module) => expression.test(module)));
  const version = manifest === 'main.go' ? undefined : /^go\s+(\d[\w.]*)/m.exec(text)?.[1];
  const programs = chooseBuilt(project, listPrograms(project, manifest));
  const port = findPort(project, framework?.[0], programs);
  return {
    language: project.answer('go', { rule: 'go-manifest', confidence: manifest === 'main.go' ? 'medium' : 'high', file: manifest }),
    ...(framework && {
      framework: project.answer(framework[0], {
        rule: 'go-framework-module',
        file: 'go.mod',
        at: framework[1].source.slice(1, 12).replaceAll('\\', ''),
      }),
    }),
    ...(version && { version: project.answer(version, { rule: 'go-directive', file: manifest, at: /^go\s/m }) }),
    ...(manifest !== 'main.go' && {
      packageManager: project.answer('go', { rule: 'go-manifest', file: manifest }),
      installCommand: project.answer('go mod download', { rule: 'go-modules', file: manifest }),
    }),
    ...describePrograms(project, programs),
    ...(port && { port }),
    services: modules.length === 0 ? [] : servicesOf(project, modules, 'go.mod'),
  };
}

/** Modules that `go.mod` requires for themselves (https://go.dev/ref/mod#go-mod-file-require). */
function listDirectModules(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/\/\/\s*indirect/.test(line));
  return lines.flatMap((line) => /^\s*(?:require\s+)?([\w.-]+\.[\w-]+\/[\w./~-]+)\s+v\d/.exec(line)?.[1] ?? []);
}

function describePrograms(
  project: Project,
  programs: readonly Program[],
): Pick<Facts, 'buildCommand' | 'startCommand'> & { readonly ambiguities?: Ambiguity[] } {
  const [program, ...others] = programs;
  if (program === undefined) return {};
  const choose = (folder: string): string => (folder === '' ? '.' : `./${folder}`);
  if (others.length > 0) {
    return {
      ambiguities: [
        {
          field: 'startCommand',
          message: 'There are several programs. A Procfile with a line "web: …" or a Dockerfile would say which is the application.',
          choices: programs.map(({ folder, file }) =>
            project.answer(choose(folder), { rule: 'go-main-package', file, at: /^package main\b/m }),
          ),
        },
      ],
    };
  }
  const basis = { rule: 'go-main-package', file: program.file, at: /^package main\b/m };
  const output = findOutput(project) ?? chooseOutput(project);
  // Without a manifest, Go builds only what it did before there were modules.
  const settings = project.has('go.mod') || project.has('go.work') ? '' : 'GO111MODULE=off ';
  return {
    buildCommand: project.answer(`${settings}go build -o ${output} ${choose(program.folder)}`, basis),
    startCommand: project.answer(`./${output}`, basis),
  };
}

/** Where a Procfile expects the program: named after its module, in `bin`, which is searched for programs (https://devcenter.heroku.com/articles/go-support). */
function findOutput(project: Project): string | undefined {
  const web = findProcesses(project).find(({ value }) => value.name === 'web')?.value.command;
  const wanted = /^(?:(?:\.\/)?bin\/)?([\w.-]+)(?=\s|$)/.exec(web ?? '')?.[1];
  const module = /^module\s+"?([^\s"]+)/m.exec(project.text('go.mod') ?? '')?.[1];
  const name = module
    ?.replace(/\/v\d+$/, '')
    .split('/')
    .at(-1);
  return wanted !== undefined && wanted === name && !isTaken(project, `bin/${name}`) && !project.has('bin') ? `bin/${name}` : undefined;
}

/** Into a folder of its name Go would put the program, and a file it does not overwrite (https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies). */
function chooseOutput(project: Project): string {
  const taken = new Set(project.paths.map((path) => path.split('/', 1)[0]!));
  let output = 'app';
  for (let number = 1; taken.has(output); number++) output = `app-${number}`;
  return output;
}

function isTaken({ paths }: Project, output: string): boolean {
  return paths.some((path) => path === output || path.startsWith(`${output}/`));
}

/** Of several those that a Dockerfile builds, where it builds some of them. */
function chooseBuilt(project: Project, programs: readonly Program[]): readonly Program[] {
  const lines = (project.text('Dockerfile') ?? '').split('\n').filter((line) => /\bgo (?:build|install)\b/.test(line));
  const words = lines.flatMap((line) => line.split(/[\s"',;&|\]]+/)).map((word) => word.replace(/^\.\//, '').replace(/\/$/, ''));
  const built = programs.filter(({ folder, file }) => words.includes(folder) || words.includes(file));
  return built.length > 0 ? built : programs;
}

interface Program {
  readonly folder: string;
  readonly file: string;
}

/** Folders of `package main`. */
function listMains(sources: readonly SourceFile[]): Program[] {
  const all = sources.filter(({ path, text }) => path.endsWith('.go') && /^package main\b/m.test(text) && /^func main\(\)/m.test(text));
  const byFolder = new Map(all.map(({ path }) => [path.split('/').slice(0, -1).join('/'), path]));
  return [...byFolder].map(([folder, file]) => ({ folder, file }));
}

/** The root's own counts alone, then those in `cmd`, then those of the members of a workspace. */
function listPrograms(project: Project, manifest: string): Program[] {
  const programs = listMains(project.sources);
  const members = manifest === 'go.work' ? listMembers(project) : [];
  const ranks = [
    programs.filter(({ folder }) => folder === ''),
    programs.filter(({ folder }) => /^cmd(?:\/[^/]+)?$/.test(folder)),
    programs.filter(({ folder }) => members.includes(folder)),
    programs.filter(({ folder }) => /^(?:src|app|server|api)$/.test(folder)),
  ];
  return ranks.find((rank) => rank.length > 0) ?? [];
}

const defaultPorts: Readonly<Record<string, number>> = { gin: 8080 };

/** The port when the variable is not set: `getEnv("PORT", "8080")`, `cmp.Or(os.Getenv("PORT"), "8080")`, `port = "8080"` near to `Getenv("PORT")`. */
const defaultsOfVariable = [
  /\(\s{0,9}(?:os\.Getenv\()?"PORT"\)?,\s{0,9}":?(\d{2,5})"/g,
  /\b(?:Getenv|LookupEnv)\("PORT"\)[^]{0,200}?\b(?:default)?[pP]ort\s{0,4}:?=\s{0,4}":?(\d{2,5})"/g,
  /\b(?:default)?[pP]ort\s{0,4}:?=\s{0,4}":?(\d{2,5})"[^]{0,200}?\b(?:Getenv|LookupEnv)\("PORT"\)/g,
];

/**
 * `http.ListenAndServe(":8080", …)`, `router.Run(":8080")`, `app.Listen(":3000")`, `e.Start(":1323")`, `Addr: ":8080"`. At `Addr` clients name the
 * server that they talk to.
 */
const listens =
  /(?:\b(?:ListenAndServe|Run|Listen|Start)\(\s{0,9}(?:"tcp",\s{0,9})?"(?:[\w.-]{0,40}:)?|\bAddr:\s{0,9}"(?:0\.0\.0\.0)?:)(\d{2,5})"/g;

/** `flag.Int("port", 9898, …)`, `fs.String("listen", ":5678", …)`, `flag.StringVar(&addr, "addr", "0.0.0.0:8080", …)` (https://pkg.go.dev/flag). */
const flags =
  /\.(?:Int|String)(?:Var)?P?\(\s{0,9}(?:&[\w.]{1,60},\s{0,9})?"(?:http[-_.]?)?(?:port|listen|addr|address|bind|listen[-_]?addr(?:ess)?)",\s{0,9}(?:"\w",\s{0,9})?(?:"(?:[\w.-]{0,40}:)?)?(\d{2,5})"?,/g;

/** Elsewhere it may be anyone's port. */
const namedInProgram = /\b(?:default)?[pP]ort\s{0,4}:?=\s{0,4}":?(\d{2,5})"/g;

function findPort(project: Project, framework: string | undefined, programs: readonly Program[]): Answer<number> | undefined {
  const sources = listStarted(project, programs);
  const ofPrograms = sources.filter(({ text }) => /^package main\b/m.test(text));
  const places = [
    ...defaultsOfVariable.map((expression) => ({ expression, among: sources })),
    { expression: flags, among: sources },
    { expression: listens, among: sources },
    { expression: listensToName, among: sources },
    { expression: namedInProgram, among: ofPrograms },
  ];
  for (const { expression, among } of places) {
    for (const source of among) {
      const found = findListening(source, expression);
      if (found === undefined) continue;
      const answer = project.answer(found.port, { rule: 'go-listen', confidence: 'medium', file: source.path });
      return { ...answer, line: countLines(source.text, found.index) };
    }
  }
  const port = framework === undefined ? undefined : defaultPorts[framework];
  return port === undefined ? undefined : project.answer(port, { rule: 'go-framework-port', confidence: 'medium', file: 'go.mod' });
}

const ofOthers = /(?:^|\/)(?:prometheus|metrics|pprof|debug|telemetry|otel)(?:\/|\.go$)/;

/** Code without that of other programs: of several none is known to be started. */
function listStarted(project: Project, programs: readonly Program[]): SourceFile[] {
  const sources = listOwnSources(project).filter(({ path }) => path.endsWith('.go') && !ofOthers.test(path));
  const started = programs.length === 1 ? programs[0]!.folder : undefined;
  const mains = listMains(sources);
  if (mains.length < 2) return sources;
  const others = mains.flatMap(({ folder }) => (folder === started || folder === '' ? [] : [`${folder}/`]));
  const isOwn = (path: string): boolean => started !== undefined && started !== '' && path.startsWith(`${started}/`);
  return sources.filter(({ path }) => isOwn(path) || !others.some((folder) => path.startsWith(folder)));
}

/** `srv.Listen(addr)` beside `const addr = ":8080"`. */
const listensToName = /\b(?:ListenAndServe|Run|Listen|Start)\(\s{0,9}(?:"tcp",\s{0,9})?([a-z]\w{1,40})[,)]/gi;

function findListening({ text }: SourceFile, expression: RegExp): { readonly port: number; readonly index: number } | undefined {
  for (const match of text.matchAll(expression)) {
    const index = match.index + match[0].lastIndexOf(match[1]!);
    const place = /^\d/.test(match[1]!) ? { port: Number(match[1]), index } : findConstant(text, match[1]!);
    if (place !== undefined && !isBeside(listHeads(text, index))) return place;
  }
  return undefined;
}

function findConstant(text: string, name: string): { readonly port: number; readonly index: number } | undefined {
  const match = new RegExp(`\\b${name}(?:\\s{1,9}string)?\\s{0,9}:?=\\s{0,9}"(?:0\\.0\\.0\\.0)?:(\\d{2,5})"`).exec(text);
  return match === null ? undefined : { port: Number(match[1]), index: match.index };
}
