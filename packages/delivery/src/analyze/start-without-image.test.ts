import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const goProgram = { 'go.mod': 'module example.org/shop\n\ngo 1.24\n', 'main.go': 'package main\n\nfunc main() {}\n' };
const express = { 'package.json': aPackage({ scripts: { start: 'node server.js' }, dependencies: { express: '5' } }), 'server.js': '' };
const spring = {
  'pom.xml':
    '<project><artifactId>shop</artifactId><version>1.0</version><parent><artifactId>spring-boot-starter-parent</artifactId></parent></project>',
};
const site = { 'package.json': aPackage({ scripts: { build: 'vite build' }, devDependencies: { vite: '7' } }), 'index.html': '' };

const cases: Readonly<
  Record<string, { files: Readonly<Record<string, string>>; dockerfile: string; start: string | undefined; told?: RegExp }>
> = {
  'a program that only the image has': {
    files: goProgram,
    dockerfile:
      'FROM golang AS build\nRUN go build -o /bin/shop .\nFROM scratch\nCOPY --from=build /bin/shop /shop\nENTRYPOINT ["/shop"]\n',
    start: './app',
    told: /Only its image has `\/shop`.*`\.\/app` is started instead/,
  },
  'a program without its path': {
    files: goProgram,
    dockerfile: 'FROM golang\nRUN go install .\nCMD ["shop"]\n',
    start: './app',
    told: /`shop`/,
  },
  'a program in a folder that only the image has': {
    files: { 'mix.exs': 'def project, do: [app: :shop]\n{:phoenix, "~> 1.7"}\n', 'lib/shop/application.ex': '' },
    dockerfile: 'FROM elixir\nCMD ["bin/shop", "start"]\n',
    start: 'PHX_SERVER=true _build/prod/rel/shop/bin/shop start',
    told: /`bin\/shop`/,
  },
  'an archive that the build names in its own way': {
    files: spring,
    dockerfile: 'FROM maven AS b\nFROM eclipse-temurin\nCOPY --from=b target/*.jar app.jar\nENTRYPOINT ["java","-jar","app.jar"]\n',
    start: 'java -Dserver.port=${PORT:-8080} -jar target/shop-1.0.jar',
    told: /`app\.jar`/,
  },
  'a server that the image is made from': {
    files: site,
    dockerfile:
      'FROM node AS b\nRUN npm run build\nFROM nginx\nCOPY --from=b dist /usr/share/nginx/html\nCMD ["nginx", "-g", "daemon off;"]\n',
    start: undefined,
    told: /`nginx`.*what the build leaves is served instead/,
  },
  'a file of the repository, by its place in the image': {
    files: { ...express, 'bin/web.js': '' },
    dockerfile: 'FROM node\nWORKDIR /srv\nWORKDIR app\nCOPY . .\nCMD ["node", "/srv/app/bin/web.js", "--log=/dev/stdout"]\n',
    start: 'node ./bin/web.js --log=/dev/stdout',
  },
  'what is started as the first process of a container': {
    files: express,
    dockerfile: 'FROM node\nENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["npm", "start"]\n',
    start: 'npm start',
  },
  'what an installation or a build makes': {
    files: express,
    dockerfile: 'FROM node\nCMD node_modules/.bin/prisma migrate deploy && node dist/main.js\n',
    start: 'node_modules/.bin/prisma migrate deploy && node dist/main.js',
  },
  'an object, and a program of the machine': {
    files: { 'requirements.txt': 'fastapi\nuvicorn\n', 'app/main.py': 'from fastapi import FastAPI\napi = FastAPI()\n' },
    dockerfile: 'FROM python\nWORKDIR /code\nCMD ["/usr/local/bin/python", "-m", "uvicorn", "app.main:api", "--port", "80"]\n',
    start: '/usr/local/bin/python -m uvicorn app.main:api --port 80',
  },
  'a Procfile, which is meant for processes': {
    files: { ...express, Procfile: 'web: node web.js\n' },
    dockerfile: 'FROM node\nCMD ["node", "server.js"]\n',
    start: 'node web.js',
  },
  'nothing else to start': {
    files: { 'README.md': '' },
    dockerfile: 'FROM scratch\nCOPY tool /opt/tool\nCMD ["/opt/tool"]\n',
    start: '/opt/tool',
    told: /name a start_command/,
  },
  'options for the program of the base image': {
    files: { 'main.ts': '' },
    dockerfile: 'FROM denoland/deno:2.1.4\nCMD ["run", "-A", "main.ts"]\n',
    start: 'deno run -A main.ts',
  },
  'a file for the program of the base image': {
    files: express,
    dockerfile: 'FROM node:24-alpine\nCMD ["server.js"]\n',
    start: 'node server.js',
  },
};

for (const [name, { files, dockerfile, start, told }] of Object.entries(cases)) {
  test(`where no image is built, its command is looked at: ${name}`, async () => {
    const analysis = await analyzeTree(aTree({ ...files, Dockerfile: dockerfile }), { isImageBuilt: false });

    assert.equal(analysis.startCommand?.value, start);
    const notes = analysis.notes.map(({ message }) => message).join('\n');
    if (told === undefined) assert.doesNotMatch(notes, /Only its image/);
    else assert.match(notes, told);
  });
}

test('where the image is built, its command is taken as it stands', async () => {
  const analysis = await analyzeTree(aTree({ ...goProgram, Dockerfile: 'FROM scratch\nENTRYPOINT ["/shop"]\n' }));

  assert.deepEqual([analysis.startCommand?.value, analysis.notes], ['/shop', []]);
});

test('of several programs in Go the one is built that the Dockerfile builds; what it builds several of is asked', async () => {
  const main = 'package main\n\nfunc main() {}\n';
  const files = { 'go.mod': 'module example.org/shop\n', 'cmd/web/main.go': main, 'cmd/job/main.go': main };
  const dockerfile = (...folders: string[]) =>
    `FROM golang\n${folders.map((folder) => `RUN CGO_ENABLED=0 go build -o /bin/it ${folder}\n`).join('')}CMD ["/bin/it"]\n`;
  const analyze = (...folders: string[]) => analyzeTree(aTree({ ...files, Dockerfile: dockerfile(...folders) }), { isImageBuilt: false });

  const [folder, file, both] = await Promise.all([analyze('./cmd/web'), analyze('cmd/web/main.go'), analyze('./cmd/web', './cmd/job')]);

  for (const { buildCommand, startCommand } of [folder, file])
    assert.deepEqual([buildCommand?.value, startCommand?.value], ['go build -o app ./cmd/web', './app']);
  assert.deepEqual([both.startCommand, both.ambiguities.map(({ field }) => field)], [undefined, ['startCommand']]);
});
