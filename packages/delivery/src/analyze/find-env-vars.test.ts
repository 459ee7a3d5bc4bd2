import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const node = { 'package.json': aPackage({ scripts: { start: 'node a.js' } }) };
const go = { 'go.mod': 'module x\n' };
const python = { 'requirements.txt': 'django\n' };
const php = { 'composer.json': '{"require":{"php":"8.3"}}' };

const cases: Readonly<Record<string, { files: Readonly<Record<string, string>>; expected: readonly string[] }>> = {
  'comments are not read, but what only looks like one is': {
    files: {
      ...node,
      'a.js': '// process.env.OLD\n/* process.env.OLDER */\nfetch(`https://${process.env.HOST_A}/*`, "//", process.env.B);\n',
      'b.ex': '# System.get_env("C")\nx = "#{System.get_env("D")}"\n',
    },
    expected: ['B', 'D', 'HOST_A'],
  },
  'a function of Python that reads the variable which it is given': {
    files: {
      ...python,
      'settings.py':
        'def envbool(s, default):\n    v = os.getenv(s, default=default)\n    return v == "True"\n\ndef envint(s, default):\n    v = os.getenv(s, default)\n    return int(v)\n\nDEBUG = envbool("DEBUG", "True")\nN = envint("LIMIT", "3")\nother("NOT_THIS", "x")\n',
    },
    expected: ['DEBUG', 'LIMIT'],
  },
  'a function of Go, wherever the name stands, and a function that calls it': {
    files: {
      ...go,
      'main.go':
        'package main\n\nfunc mustMapEnv(target *string, envKey string) {\n\tv := os.Getenv(envKey)\n}\n\nfunc number(key string) int {\n\tgetEnv(key)\n}\n\nfunc main() {\n\tmustMapEnv(&svc.addr, "CATALOG_ADDR")\n\tport := number("HTTP_PORT")\n}\n',
      'env.go': 'package main\n\nfunc getEnv(key string) string {\n\treturn os.Getenv(key)\n}\n',
      'config.go': 'package main\n\ntype Config struct {\n\tUrl string `json:"u" env:"DATABASE_URL,required"`\n}\n',
    },
    expected: ['CATALOG_ADDR', 'DATABASE_URL', 'HTTP_PORT'],
  },
  'a function of TypeScript': {
    files: {
      ...node,
      'env.ts': 'export const readEnv = (name: string, otherwise?: string): string => process.env[name] ?? otherwise;\n',
      'a.ts': 'const key = readEnv("API_KEY"), other = map.get("NOT_THIS");\n',
    },
    expected: ['API_KEY'],
  },
  'fields of pydantic settings, of classes made of them, with prefix and alias': {
    files: {
      'requirements.txt': 'fastapi\n',
      'config.py':
        'class Settings(Base):\n    model_config = SettingsConfigDict(env_file=".env")\n    SECRET_KEY: str = "x"\n    database_url: str\n    key: str = Field(alias="API_KEY")\n\n    def helper(self):\n        inner: int = 1\n\nclass Other(BaseModel):\n    NOT_THIS: str\n',
      'base.py': 'class Base(BaseSettings):\n    DEBUG: bool = False\n',
      'mail.py': 'class Mail(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="mail_")\n    host: str\n',
    },
    expected: ['API_KEY', 'DATABASE_URL', 'DEBUG', 'MAIL_HOST', 'SECRET_KEY'],
  },
  'dj-database-url reads a variable that is not named': {
    files: { ...python, 'settings.py': 'DATABASES = {"default": dj_database_url.config(conn_max_age=600)}\n' },
    expected: ['DATABASE_URL'],
  },
  'settings of Symfony': {
    files: {
      'composer.json': '{"require":{"symfony/framework-bundle":"7","symfony/dotenv":"7"}}',
      'config/packages/doctrine.yaml': "doctrine:\n  # url: '%env(OLD_URL)%'\n  url: '%env(resolve:DATABASE_URL)%'\n",
      'config/services.yaml': "parameters:\n  n: '%env(int:default:fallback:LIMIT)%'\n",
      '.env': 'APP_SECRET=x\n# OTHER=1\n',
    },
    expected: ['APP_SECRET', 'DATABASE_URL', 'LIMIT'],
  },
  'settings of Rails, and its key': {
    files: {
      Gemfile: "gem 'rails'\n",
      'config/database.yml': 'production:\n  password: <%= ENV["SHOP_PASSWORD"] %>\n  # url: <%= ENV["OLD"] %>\n',
      'config/environments/production.rb': '# ENV["RAILS_MASTER_KEY"]\n',
      'config/credentials.yml.enc': 'x',
    },
    expected: ['RAILS_MASTER_KEY', 'SHOP_PASSWORD'],
  },
  'keys that the variables are checked against': {
    files: {
      ...node,
      'env.js': 'export const env = cleanEnv(process.env, {\n  JWT_SECRET: str({ devDefault: "x" }),\n  PORT: num(),\n});\n',
    },
    expected: ['JWT_SECRET', 'PORT'],
  },
  'configuration of .NET by the name of a variable': {
    files: {
      'a.csproj': '<Project/>',
      'a.cs': 'var a = Configuration["REDIS_ADDR"]; var b = Configuration["Jwt:Key"]; var c = Configuration["Title"];\n',
    },
    expected: ['REDIS_ADDR'],
  },
  'what Vite sets is the own variable of others': {
    files: { ...node, 'a.ts': 'go(process.env.BASE_URL, import.meta.env.MODE, import.meta.env.VITE_A);\n' },
    expected: ['BASE_URL', 'VITE_A'],
  },
  'what a web server tells PHP is nothing to give': {
    files: {
      ...php,
      'index.php':
        '<?php echo $_SERVER["HTTP_HOST"], $_SERVER["argv"], $_SERVER["REDIRECT_URL"], $_SERVER["APP_MODE"], getenv("SERVER_NAME"), env("HTTPS");\n',
    },
    expected: ['APP_MODE'],
  },
  'tests have variables of their own': {
    files: {
      ...node,
      'playwright.config.ts': 'process.env.ONLY_TESTS;\n',
      'mix.exs': '',
      'config/test.exs': 'System.get_env("MIX_TEST_PARTITION")\n',
    },
    expected: [],
  },
  'example files of other names': {
    files: { ...node, '.env.local.example': 'A=\n', 'env.sample': 'B=\n', '.example.env': 'C=\n#D=\n', '.env': 'E=\n' },
    expected: ['A', 'B', 'C'],
  },
};

for (const [name, { files, expected }] of Object.entries(cases)) {
  test(name, async () => {
    const { envVars } = await analyzeTree(aTree(files));

    assert.deepEqual(
      envVars.map(({ value }) => value),
      expected,
    );
  });
}

test('what only programs beside the application read is of low confidence', async () => {
  const { envVars } = await analyzeTree(
    aTree({
      'package.json': aPackage({ scripts: { start: 'node a.js', build: 'node scripts/build.js' } }),
      'a.js': 'process.env.A;\n',
      'scripts/build.js': 'process.env.B;\n',
      'scripts/clean.js': 'process.env.A; process.env.C;\n',
    }),
  );

  assert.deepEqual(
    envVars.map(({ value, confidence }) => [value, confidence]),
    [
      ['A', 'high'],
      ['B', 'high'],
      ['C', 'low'],
    ],
  );
});
