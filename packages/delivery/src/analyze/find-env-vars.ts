import type { Answer } from './answer.ts';
import { countLines, type Project } from './project.ts';

const name = '([A-Za-z_][A-Za-z0-9_]{0,127})';
const quoted = `\\s{0,20}['"\`]${name}['"\`]`;

/** How code of each kind reads an environment variable. */
const readers: readonly (readonly [path: RegExp, reads: RegExp])[] = [
  [
    /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/,
    new RegExp(`\\b(?:process\\.env|import\\.meta\\.env|Bun\\.env)(?:\\??\\.${name}|\\[${quoted})|\\bDeno\\.env\\.get\\(${quoted}`, 'g'),
  ],
  [
    /\.py$/,
    new RegExp(
      `\\bos\\.(?:environ(?:\\.(?:get|setdefault|pop)\\(|\\[)|getenv\\()${quoted}|\\b(?:env(?:\\.\\w{1,20})?|config)\\(${quoted}`,
      'g',
    ),
  ],
  [/\.go$/, new RegExp(`\\bos\\.(?:Getenv|LookupEnv)\\(${quoted}`, 'g')],
  [/\.(?:rb|ru)$/, new RegExp(`\\bENV(?:\\.fetch\\(|\\[)${quoted}`, 'g')],
  [/\.php$/, new RegExp(`\\b(?:getenv|env)\\(${quoted}|\\$_(?:ENV|SERVER)\\[${quoted}`, 'g')],
  [/\.(?:java|kt)$/, new RegExp(`\\bgetenv\\(\\)?(?:\\[|\\.get\\()?${quoted}|@Value\\("\\$\\{([A-Z][A-Z0-9_]{0,127})[:}]`, 'g')],
  [/(?:^|\/)application\.(?:properties|ya?ml)$/, /\$\{([A-Z][A-Z0-9_]{0,127})[:}]/g],
  [/\.(?:cs|fs)$/, new RegExp(`\\bGetEnvironmentVariable\\(${quoted}`, 'g')],
  [/\.rs$/, new RegExp(`\\benv::(?:var|var_os)\\(${quoted}`, 'g')],
  [/\.exs?$/, new RegExp(`\\bSystem\\.(?:get_env|fetch_env!?)\\(${quoted}`, 'g')],
  [/\.prisma$/, new RegExp(`\\benv\\(${quoted}`, 'g')],
];

/** Several at once: `const { A, B: b } = …`. */
const destructured = /\{([^{}]{1,2000})\}\s{0,20}=\s{0,20}(?:process|import\.meta|Bun)\.env\b/g;

/** Set by systems, tools and languages themselves: nobody has to give them. */
const given = new Set(
  'PATH HOME PWD npm_execpath npm_config_user_agent npm_lifecycle_script XDG_CACHE_HOME USER SHELL LANG TERM TMPDIR HOSTNAME CI NODE_ENV NODE_OPTIONS DEV PROD MODE SSR BASE_URL TZ GITHUB_ACTIONS npm_package_version npm_lifecycle_event REQUEST_METHOD REQUEST_URI SCRIPT_NAME SCRIPT_FILENAME DOCUMENT_ROOT HTTP_HOST REMOTE_ADDR QUERY_STRING PATH_INFO HTTPS SERVER_NAME SERVER_PORT SERVER_PROTOCOL DJANGO_SETTINGS_MODULE'.split(
    ' ',
  ),
);

const examples = ['.env.example', '.env.sample', '.env.template', '.env.dist'];
const maxNames = 500;

/** Names of the environment variables that an application reads, each where it is read first, and of those that its example file lists. */
export function findEnvVars(project: Project): Answer<string>[] {
  const found = new Map<string, Answer<string>>();
  const settings = project.paths.filter((path) => /(?:^|\/)(?:application\.(?:properties|ya?ml)|schema\.prisma)$/.test(path));
  const texts = [...project.sources, ...settings.map((path) => ({ path, text: project.text(path) ?? '' }))];
  for (const { path, text } of texts) {
    for (const { variable, index } of listReads(path, text)) {
      if (given.has(variable) || found.has(variable) || found.size >= maxNames) continue;
      found.set(variable, { ...project.answer(variable, { rule: 'env-read', file: path }), line: countLines(text, index) });
    }
  }
  for (const file of examples.filter((path) => project.has(path))) {
    for (const [line, variable] of (project.text(file) ?? '').matchAll(/^(?:export )?([A-Za-z_][A-Za-z0-9_]{0,127})=/gm)) {
      if (given.has(variable!) || found.has(variable!) || found.size >= maxNames) continue;
      found.set(variable!, project.answer(variable!, { rule: 'env-example', confidence: 'medium', file, at: new RegExp(`^${line}`, 'm') }));
    }
  }
  return [...found.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

function listReads(path: string, text: string): { readonly variable: string; readonly index: number }[] {
  const reads = readers
    .filter(([kind]) => kind.test(path))
    .flatMap(([, expression]) => [...text.matchAll(expression)])
    .map((match) => ({ variable: match.slice(1).find((group) => group !== undefined)!, index: match.index }));
  if (!/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(path)) return reads;
  const taken = [...text.matchAll(destructured)].flatMap(({ 1: names = '', index }) =>
    names
      .split(',')
      .flatMap((part) => /^\s*([A-Za-z_]\w{0,127})\s*(?:[:=]|$)/.exec(part)?.[1] ?? [])
      .map((variable) => ({ variable, index })),
  );
  return [...reads, ...taken];
}
