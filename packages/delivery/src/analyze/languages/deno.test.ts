import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Deno without settings': {
    files: { 'src/index.ts': 'import { serve } from "https://deno.land/std@0.224.0/http/server.ts";\nserve(() => new Response());\n' },
    expected: {
      language: 'deno',
      packageManager: undefined,
      installCommand: 'deno install --entrypoint src/index.ts',
      startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno run --allow-all src/index.ts',
      port: 8000,
    },
  },
  'TypeScript that says nothing of Deno': {
    files: { 'src/index.ts': 'import { serve } from "./serve.ts";\nserve();\n' },
    expected: { language: undefined },
  },
  'Fresh with a file of imports': {
    files: {
      'deno.json': '{"tasks": {"start": "deno run -A main.ts"}, "importMap": "./import_map.json"}',
      'import_map.json': '{"imports": {"$fresh/": "https://deno.land/x/fresh@1.7.3/"}}',
    },
    expected: { language: 'deno', framework: 'fresh', startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno task start' },
  },
  'Fresh 1, whose task "start" is for developers': {
    files: {
      'deno.json':
        '{"tasks": {"start": "deno run -A --watch=static/,routes/ dev.ts", "build": "deno run -A dev.ts build", "preview": "deno run -A main.ts"}, "imports": {"$fresh/": "https://deno.land/x/fresh@1.7.3/"}}',
      'main.ts': '',
      'dev.ts': '',
    },
    expected: {
      framework: 'fresh',
      installCommand: 'deno install --entrypoint main.ts',
      buildCommand: 'deno task build',
      startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno task preview',
    },
  },
  'Fresh 1 before it could be built': {
    files: {
      'deno.json':
        '{"tasks": {"start": "deno run -A --watch=static/,routes/ dev.ts"}, "imports": {"$fresh/": "https://deno.land/x/fresh@1.1.2/"}}',
      'main.ts': '',
      'dev.ts': '',
    },
    expected: {
      installCommand: 'deno install --entrypoint main.ts',
      startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno run --allow-all main.ts',
    },
  },
  'Fresh 2 without a task that starts it': {
    files: {
      'deno.json':
        '{"tasks": {"dev": "vite", "start": "deno task dev", "build": "vite build"}, "imports": {"fresh": "jsr:@fresh/core@^2.1.0"}}',
      'main.ts': '',
    },
    expected: { framework: 'fresh', startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno serve --allow-all _fresh/server.js' },
  },
  'Deno that makes pages, and shows them to developers': {
    files: {
      'deno.json': '{"tasks": {"lume": "deno run -A cli.ts", "build": "deno task lume", "serve": "deno task lume -s"}}',
    },
    expected: { buildCommand: 'deno task build', startCommand: undefined },
  },
  'Deno that watches its files': {
    files: { 'deno.json': '{"tasks": {"start": "deno run -A --unstable-kv --watch src/app.ts"}}', 'src/app.ts': '' },
    expected: {
      installCommand: 'deno install --entrypoint src/app.ts',
      startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno run -A --unstable-kv src/app.ts',
    },
  },
  Deno: {
    files: { 'deno.jsonc': '{\n  // tasks\n  "tasks": { "start": "deno run -A main.ts", },\n}', 'main.ts': 'Deno.env.get("KEY")' },
    expected: {
      language: 'deno',
      packageManager: 'deno',
      installCommand: 'deno install --entrypoint main.ts',
      startCommand: 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} deno task start',
      port: 8000,
    },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
