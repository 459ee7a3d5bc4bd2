import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import { createSampler } from './sampler.ts';

/** How languages and formats give a value to a name; written from their manuals, not from what the rules can do. */
const formsOf: Readonly<Record<string, readonly string[]>> = {
  'shells and their commands': [
    'NAME=VALUE',
    'export NAME="VALUE"',
    'set NAME=VALUE',
    'setx NAME "VALUE"',
    '$env:NAME = "VALUE"',
    '[Environment]::SetEnvironmentVariable("NAME", "VALUE", "User")',
    'set -gx NAME VALUE',
    'setenv NAME VALUE',
    'X=${NAME:-VALUE}',
    'docker run -e NAME=VALUE image',
    'helm install x --set auth.NAME=VALUE',
    'heroku config:set NAME=VALUE',
  ],
  'container and service files': [
    'ENV NAME VALUE',
    'ENV NAME="VALUE"',
    'ARG NAME=VALUE',
    'Environment="NAME=VALUE"',
    'SetEnv NAME VALUE',
    'fastcgi_param NAME "VALUE";',
    'environment=A="x",NAME="VALUE"',
    '        - name: NAME\n          value: "VALUE"',
    '    - NAME=VALUE',
    "string(name: 'NAME', defaultValue: 'VALUE')",
  ],
  'strings within strings, and sentences': [
    '1,"{""NAME"":""VALUE""}"',
    "EXECUTE('SET NAME = ''VALUE''')",
    'Log in with NAME: VALUE.',
    'Log in with NAME=VALUE...',
    '(NAME: VALUE)',
    'const NAME = decode(Buffer.from("VALUE"))',
  ],
  'YAML, JSON, TOML, INI': [
    'NAME: VALUE',
    "NAME: 'VALUE'",
    'NAME: &anchor VALUE',
    'NAME: !!str VALUE',
    'NAME: |\n  VALUE\n',
    'NAME: >-\n  VALUE\n',
    '{"NAME": "VALUE"}',
    '"{\\"NAME\\": \\"VALUE\\"}"',
    '{"NAME":\n   "VALUE"}',
    '{"name": "NAME", "value": "VALUE"}',
    '{\n  "name": "NAME",\n  "value": "VALUE"\n}',
    '"NAME": {\n  "value": "VALUE"\n}',
    'NAME = VALUE',
    'NAME = "VALUE"',
    'variable "NAME" {\n  type = string\n  default = "VALUE"\n}',
  ],
  XML: [
    '<NAME>VALUE</NAME>',
    '<NAME>\n   VALUE\n</NAME>',
    '<NAME><![CDATA[VALUE]]></NAME>',
    '<x NAME="VALUE"/>',
    '<add key="NAME" value="VALUE" />',
    '<property name="NAME">VALUE</property>',
    '<string name="NAME">VALUE</string>',
    '<key>NAME</key>\n\t<string>VALUE</string>',
    '<name>NAME</name>\n<value>VALUE</value>',
  ],
  'JavaScript and TypeScript': [
    "const NAME = 'VALUE';",
    "process.env.NAME = 'VALUE'",
    "process.env.NAME || 'VALUE'",
    "private readonly NAME: string = 'VALUE'",
    "headers.set('NAME', 'VALUE')",
    'const NAME = `VALUE`;',
  ],
  Python: [
    'NAME = "VALUE"',
    'connect(user="x", NAME="VALUE")',
    'os.environ.get("NAME", "VALUE")',
    'NAME: str = "VALUE"',
    'NAME = """VALUE"""',
    'NAME = (\n    "VALUE"\n)',
    'if NAME == "VALUE":',
    '    "NAME = \'VALUE\'\\n",',
  ],
  'Java, Kotlin, C#, Go, Rust, Swift': [
    'private static final String NAME = "VALUE";',
    'props.put("NAME", "VALUE");',
    '@Value("${NAME:VALUE}")',
    'const val NAME: String = "VALUE"',
    'public string NAME { get; set; } = "VALUE";',
    'config["NAME"] = "VALUE";',
    'var NAME = $"VALUE";',
    'NAME := "VALUE"',
    'var NAME string = "VALUE"',
    'var NAME = []byte("VALUE")',
    'os.Setenv("NAME", "VALUE")',
    'const NAME: &str = "VALUE";',
    'let NAME = String::from("VALUE");',
    'static let NAME: String = "VALUE"',
  ],
  'C, C++, Objective-C': [
    '#define NAME "VALUE"',
    'static const char NAME[] = "VALUE";',
    'std::string NAME{"VALUE"};',
    'NSString *NAME = @"VALUE";',
    '#define NAME @"VALUE"',
  ],
  'PHP, Ruby, Perl, R, Visual Basic, Elixir': [
    "define('NAME', 'VALUE');",
    "'NAME' => 'VALUE',",
    '$NAME .= "VALUE";',
    ':NAME => "VALUE"',
    "ENV.fetch('NAME', 'VALUE')",
    "$ENV{NAME} = 'VALUE';",
    'NAME <- "VALUE"',
    'Dim NAME As String = "VALUE"',
    'config :app, NAME: "VALUE"',
  ],
  'requests and documents': [
    'https://host.io/x?a=b&NAME=VALUE&c=d',
    'X-NAME: VALUE',
    '| NAME | `VALUE` |',
    '- **NAME**: `VALUE`',
    '<input name="NAME" value="VALUE">',
    "insert into settings values ('NAME', 'VALUE');",
  ],
};

const sample = createSampler('assignment forms');
const values: Readonly<Record<string, () => string>> = {
  DB_PASSWORD: () => `${sample.alnum(6)}!${sample.alnum(3)}7`,
  ACCESS_TOKEN: () => `${sample.hex(39)}7`,
  CLIENT_SECRET: () => `${sample.alnum(31)}7`,
};
const detector = createDetector();

for (const [group, forms] of Object.entries(formsOf)) {
  test(`values are found in assignments of ${group}`, () => {
    for (const form of forms) {
      for (const [name, toValue] of Object.entries(values)) {
        const value = toValue();
        const text = form.replaceAll('NAME', name).replaceAll('VALUE', value);

        const found = detector.scan(Buffer.from(`# file\n${text}\nend\n`, 'latin1')).filter(({ dropped }) => !dropped);

        assert.ok(
          found.some(({ secret }) => secret === value),
          `${form} with ${name}: ${found.length} other findings`,
        );
      }
    }
  });
}
