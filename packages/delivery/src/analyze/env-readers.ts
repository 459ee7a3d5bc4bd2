const name = '([A-Za-z_][A-Za-z0-9_]{0,127})';
const quoted = `\\s{0,20}['"\`]${name}['"\`]`;
const bare = '\\s{0,20}[&$]?([A-Za-z_]\\w{0,40})\\s{0,9}[,)\\]]';

/** How code of a kind reads an environment variable. */
export interface EnvReader {
  readonly files: RegExp;
  /** Its first group that is there is the name. */
  readonly reads: RegExp;
  /** Reads that name no variable, and the one that is meant. */
  readonly implied?: readonly (readonly [read: RegExp, variable: string])[];
  /** A read of what a name stands for, and how a function begins that has it for a parameter: its name and its parameters. */
  readonly helper?: { readonly reads: RegExp; readonly definition: RegExp };
  /** Set by what runs the code: nobody has to give them. */
  readonly given?: RegExp;
}

const scripts = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;

export const envReaders: readonly EnvReader[] = [
  {
    files: scripts,
    reads: new RegExp(`\\b(?:process\\.env|Bun\\.env)(?:\\??\\.${name}|\\[${quoted})|\\bDeno\\.env\\.get\\(${quoted}`, 'g'),
    helper: {
      reads: new RegExp(`\\b(?:(?:process|Bun)\\.env\\[|Deno\\.env\\.get\\()${bare}`, 'g'),
      definition:
        /\bfunction\s{1,9}(\w{1,60})\s{0,9}(?:<[^<>()]{0,80}>)?\(([^()]{0,200})\)|\b(?:const|let|var)\s{1,9}(\w{1,60})\s{0,9}=\s{0,9}(?:async\s{1,9})?(?:<[^<>()]{0,80}>)?\(?([^()=]{0,200}(?:=[^()=>]{0,100})?)\)?(?::[^=\n]{0,80})?\s{0,9}=>/g,
    },
  },
  // https://vite.dev/guide/env-and-mode
  {
    files: scripts,
    reads: new RegExp(`\\bimport\\.meta\\.env(?:\\??\\.${name}|\\[${quoted})`, 'g'),
    given: /^(?:BASE_URL|MODE|DEV|PROD|SSR)$/,
  },
  {
    files: /\.py$/,
    reads: new RegExp(
      `\\bos\\.(?:environ(?:\\.(?:get|setdefault|pop)\\(|\\[)|getenv\\()${quoted}|\\b(?:env(?:\\.\\w{1,20})?|config)\\(${quoted}|\\bdj_database_url\\.config\\([^()]{0,200}?\\benv=${quoted}`,
      'g',
    ),
    implied: [
      [/\bdj_database_url\.config\((?![^()]{0,200}\benv=)/g, 'DATABASE_URL'],
      [/\benv\.(?:db|db_url)\(\s{0,9}\)/g, 'DATABASE_URL'],
    ],
    helper: {
      reads: new RegExp(`\\bos\\.(?:environ(?:\\.get\\(|\\[)|getenv\\()${bare}`, 'g'),
      definition: /\bdef\s{1,9}(\w{1,60})\(([^()]{0,300})/g,
    },
  },
  {
    files: /\.go$/,
    // The tags are those of github.com/caarlos0/env and github.com/kelseyhightower/envconfig.
    reads: new RegExp(`\\bos\\.(?:Getenv|LookupEnv)\\(${quoted}|(?<=[\`\\s])(?:env|envconfig):"([A-Z][A-Z0-9_]{1,127})[",]`, 'g'),
    helper: {
      reads: new RegExp(`\\bos\\.(?:Getenv|LookupEnv)\\(${bare}`, 'g'),
      definition: /\bfunc\s{1,9}(?:\([^()]{0,80}\)\s{0,9})?(\w{1,60})(?:\[[^[\]]{0,60}\])?\(([^()]{0,200})\)/g,
    },
  },
  {
    files: /(?:\.(?:rb|ru)|(?:^|\/)config\/[\w-]{1,60}\.yml)$/,
    reads: new RegExp(`\\bENV(?:\\.fetch\\(|\\[)${quoted}`, 'g'),
    helper: {
      reads: new RegExp(`\\bENV(?:\\.fetch\\(|\\[)${bare}`, 'g'),
      definition: /\bdef\s{1,9}(?:self\.)?(\w{1,60})[?!]?[ (]([^()\n]{0,200})/g,
    },
  },
  {
    files: /\.php$/,
    reads: new RegExp(`\\b(?:getenv|env)\\(${quoted}|\\$_ENV\\[${quoted}`, 'g'),
    given:
      /^(?:HTTP_(?:HOST|X_.*)|REQUEST_(?:METHOD|URI)|SCRIPT_(?:FILE)?NAME|DOCUMENT_ROOT|REMOTE_ADDR|QUERY_STRING|PATH_INFO|SERVER_(?:NAME|PORT|PROTOCOL)|PHP_SELF|HTTPS)$/,
    helper: {
      reads: new RegExp(`\\b(?:getenv\\(|\\$_ENV\\[)${bare}`, 'g'),
      definition: /\bfunction\s{1,9}(\w{1,60})\s{0,9}\(([^()]{0,200})\)/g,
    },
  },
  {
    files: /\.php$/,
    reads: new RegExp(`\\$_SERVER\\[${quoted}`, 'g'),
    // What a web server and PHP put there (https://www.php.net/manual/reserved.variables.server.php), and Apache.
    given:
      /^(?:(?:HTTP|REDIRECT|REMOTE|SERVER|REQUEST|SCRIPT|ORIG|PATH|PHP|CONTENT|AUTH|SSL|CONTEXT|CONN|GATEWAY|UNIQUE)_.*|HTTPS|QUERY_STRING|DOCUMENT_(?:ROOT|URI)|[^A-Z].*)$/,
  },
  {
    files: /\.(?:java|kt)$/,
    reads: new RegExp(`\\bgetenv\\(\\)?(?:\\[|\\.get\\()?${quoted}|@Value\\("\\$\\{([A-Z][A-Z0-9_]{0,127})[:}]`, 'g'),
    helper: {
      reads: new RegExp(`\\bgetenv\\(${bare}`, 'g'),
      definition: /\b(?!(?:if|for|while|switch|catch|when)\b)(\w{1,60})\(([^()]{0,200})\)\s{0,9}(?::\s{0,9}[\w<>?]{1,40}\s{0,9})?[{=]/g,
    },
  },
  { files: /(?:^|\/)application\.(?:properties|ya?ml)$/, reads: /\$\{([A-Z][A-Z0-9_]{0,127})[:}]/g },
  {
    files: /\.(?:cs|fs)$/,
    // Keys of settings are written in other letters; a name in these is a variable's.
    reads: new RegExp(`\\bGetEnvironmentVariable\\(${quoted}|\\b_?[cC]onfiguration\\["([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60})"\\]`, 'g'),
    helper: {
      reads: new RegExp(`\\bGetEnvironmentVariable\\(${bare}`, 'g'),
      definition: /\b(?!(?:if|for|foreach|while|switch|catch|lock|using)\b)(\w{1,60})\(([^()]{0,200})\)\s{0,9}(?:\{|=>)/g,
    },
  },
  {
    files: /\.rs$/,
    reads: new RegExp(`\\benv::(?:var|var_os)\\(${quoted}`, 'g'),
    helper: {
      reads: new RegExp(`\\benv::(?:var|var_os)\\(${bare}`, 'g'),
      definition: /\bfn\s{1,9}(\w{1,60})(?:<[^<>()]{0,80}>)?\(([^()]{0,200})\)/g,
    },
  },
  {
    files: /\.exs?$/,
    reads: new RegExp(`\\bSystem\\.(?:get_env|fetch_env!?)\\(${quoted}`, 'g'),
    helper: {
      reads: new RegExp(`\\bSystem\\.(?:get_env|fetch_env!?)\\(${bare}`, 'g'),
      definition: /\bdefp?\s{1,9}(\w{1,60})[?!]?[ (]([^()\n]{0,200})/g,
    },
  },
  { files: /\.prisma$/, reads: new RegExp(`\\benv\\(${quoted}`, 'g') },
  // https://symfony.com/doc/current/configuration/env_var_processors.html
  { files: /(?:^|\/)config\/[\w./-]{1,120}\.ya?ml$/, reads: /%env\((?:[\w.]{1,60}:){0,6}([A-Z_][A-Z0-9_]{0,127})\)%/g },
];
