import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advise, findTellingLine } from './find-telling-line.ts';

/** As programs print them, frames shortened. */
const cases: readonly (readonly [line: string | undefined, printed: string])[] = [
  [
    "Error: Cannot find module '/app/build'",
    "node:internal/modules/cjs/loader:1400\n  throw err;\n  ^\n\nError: Cannot find module '/app/build'\n    at Function._resolveFilename (node:internal/modules/cjs/loader:1397:15) {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}\n\nNode.js v24.21.0",
  ],
  [
    "SyntaxError: Unexpected token '}'",
    "/app/server.js:2\n}\n^\n\nSyntaxError: Unexpected token '}'\n    at wrapSafe (node:internal/modules/cjs/loader:1740:18)\n\nNode.js v24.21.0",
  ],
  [
    'django.db.utils.OperationalError: unable to open database file',
    'Traceback (most recent call last):\n  File "/app/manage.py", line 22, in <module>\n    main()\ndjango.db.utils.OperationalError: unable to open database file\n',
  ],
  [
    'panic: listen tcp :80: bind: permission denied',
    'starting\npanic: listen tcp :80: bind: permission denied\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d\nexit status 2',
  ],
  [
    'Caused by: java.net.UnknownHostException: database',
    'Exception in thread "main" java.lang.IllegalStateException: no pool\n\tat a.B.c(B.java:1)\nCaused by: java.net.UnknownHostException: database\n\tat a.D.e(D.java:2)',
  ],
  [
    "app.rb:3:in `<main>': undefined method `x' for nil (NoMethodError)",
    "app.rb:3:in `<main>': undefined method `x' for nil (NoMethodError)\n\tfrom boot.rb:1",
  ],
  [
    'FATAL: the variable DATABASE_URL is required',
    '> app@1.0.0 start\n> node s.js\n\nFATAL: the variable DATABASE_URL is required\n  at line 2',
  ],
  [
    'no DATABASE_URL',
    'yarn run v1.22.22\n$ node s.js\nno DATABASE_URL\nerror Command failed with exit code 1.\ninfo Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.',
  ],
  ['no DATABASE_URL', '> app@1.0.0 start\n> node s.js\n\nno DATABASE_URL\n\u2009ELIFECYCLE\u2009 Command failed with exit code 1.'],
  ['no DATABASE_URL', '$ node s.js\nno DATABASE_URL\nerror: script "start" exited with code 1'],
  ['no DATABASE_URL', 'node s.js\nno DATABASE_URL\nmake: *** [Makefile:2: start] Error 1'],
  ['no DATABASE_URL', 'no DATABASE_URL\n\n> app@1.0.0 poststart\n> node after.js\n'],
  [undefined, '\n> app@1.0.0 start\n> node server.js\n\n'],
  [undefined, 'yarn run v1.22.22\n$ node server.js\n'],
  ['giving up', 'connecting\ngiving up\n'],
  ['}', '{\n}'],
  [undefined, '\n \n'],
];

test('of what a program printed, the line that says why it ended is quoted', () => {
  for (const [line, printed] of cases) assert.equal(findTellingLine(printed.split('\n')), line, printed);
});

test('who may not write is told where one can', () => {
  for (const line of [
    "Error: EROFS: read-only file system, open 'db.sqlite'",
    'OSError: [Errno 30] Read-only file system: x',
    'attempt to write a readonly database',
  ])
    assert.match(advise(line), /cannot be written/);
  assert.match(advise('exec /docker-entrypoint.sh: no such file or directory'), /ends in CRLF/);
  assert.equal(advise('TypeError: x is not a function'), '');
});
