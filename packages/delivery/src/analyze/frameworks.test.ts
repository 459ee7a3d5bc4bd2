import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';
import type { Analysis } from './analysis.ts';

type Field =
  | 'language'
  | 'framework'
  | 'version'
  | 'packageManager'
  | 'installCommand'
  | 'buildCommand'
  | 'startCommand'
  | 'port'
  | 'releaseCommand'
  | 'healthPath'
  | 'staticOutput';

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** What must be answered; `undefined` must not be. */
  readonly expected: Readonly<Partial<Record<Field, string | number | undefined>>>;
}

const vite = { scripts: { dev: 'vite', build: 'vite build' }, devDependencies: { vite: '7' } };

const cases: Readonly<Record<string, Case>> = {
  'Express with npm': {
    files: {
      'package.json': aPackage({ scripts: { start: 'node server.js' }, dependencies: { express: '5' }, engines: { node: '>=20' } }),
      'package-lock.json': '{}',
      'server.js': 'const port = process.env.PORT || 8080;',
    },
    expected: {
      language: 'node',
      framework: 'express',
      version: '>=20',
      packageManager: 'npm',
      installCommand: 'npm ci',
      buildCommand: undefined,
      startCommand: 'npm run start',
      port: 8080,
      staticOutput: undefined,
    },
  },
  'Fastify with pnpm and no start script': {
    files: {
      'package.json': aPackage({ main: 'app.js', dependencies: { fastify: '5' } }),
      'pnpm-lock.yaml': '',
      'app.js': 'app.listen({ host: h, port: 4000 });',
      '.nvmrc': 'v22.1.0\n',
    },
    expected: {
      framework: 'fastify',
      version: '22.1.0',
      packageManager: 'pnpm',
      installCommand: 'pnpm install --frozen-lockfile',
      startCommand: 'node app.js',
      port: 4000,
    },
  },
  'NestJS with yarn 4': {
    files: {
      'package.json': aPackage({
        packageManager: 'yarn@4.5.0',
        scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' },
        dependencies: { '@nestjs/core': '11', express: '5' },
      }),
      'yarn.lock': '',
    },
    expected: {
      framework: 'nestjs',
      packageManager: 'yarn',
      installCommand: 'yarn install --immutable',
      buildCommand: 'yarn run build',
      startCommand: 'yarn run start:prod',
      port: 3000,
    },
  },
  'Next with Bun': {
    files: {
      'package.json': aPackage({ scripts: { build: 'next build', dev: 'next dev' }, dependencies: { next: '15' } }),
      'bun.lock': '',
    },
    expected: { framework: 'nextjs', packageManager: 'bun', startCommand: 'bunx next start', port: 3000 },
  },
  'Next that exports files': {
    files: {
      'package.json': aPackage({ scripts: { build: 'next build', start: 'next start' }, dependencies: { next: '15' } }),
      'next.config.mjs': "export default {\n  output: 'export',\n  distDir: 'site',\n};",
    },
    expected: { framework: 'nextjs', staticOutput: 'site', startCommand: undefined, port: undefined },
  },
  'an export that is commented out': {
    files: {
      'package.json': aPackage({ dependencies: { next: '15' } }),
      'next.config.js': "module.exports = {\n  // output: 'export',\n};",
    },
    expected: { startCommand: 'npx next start', staticOutput: undefined },
  },
  Nuxt: {
    files: { 'package.json': aPackage({ scripts: { build: 'nuxt build' }, dependencies: { nuxt: '4' } }) },
    expected: { framework: 'nuxt', buildCommand: 'npm run build', startCommand: 'node .output/server/index.mjs', port: 3000 },
  },
  'React Router with a server': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' },
        devDependencies: { '@react-router/dev': '7', vite: '7' },
      }),
    },
    expected: { framework: 'react-router', startCommand: 'npm run start', port: 3000, staticOutput: undefined },
  },
  'React Router without a server': {
    files: {
      'package.json': aPackage({ scripts: { build: 'react-router build' }, devDependencies: { '@react-router/dev': '7' } }),
      'react-router.config.ts': 'export default { ssr: false };',
    },
    expected: { framework: 'react-router', staticOutput: 'build/client', startCommand: undefined },
  },
  Remix: {
    files: {
      'package.json': aPackage({
        scripts: { build: 'remix vite:build' },
        dependencies: { '@remix-run/node': '2', '@remix-run/serve': '2' },
        devDependencies: { vite: '5' },
      }),
    },
    expected: { framework: 'remix', startCommand: 'npx remix-serve ./build/server/index.js', port: 3000 },
  },
  'Astro as files': {
    files: {
      'package.json': aPackage({ scripts: { build: 'astro build', start: 'astro dev' }, dependencies: { astro: '5' } }),
      'astro.config.mjs': "export default defineConfig({ outDir: './public_html' });",
    },
    expected: { framework: 'astro', staticOutput: 'public_html', startCommand: undefined },
  },
  'Astro as a server': {
    files: {
      'package.json': aPackage({ scripts: { build: 'astro build' }, dependencies: { astro: '5', '@astrojs/node': '9' } }),
      'astro.config.mjs': "export default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }) });",
    },
    expected: { framework: 'astro', startCommand: 'node ./dist/server/entry.mjs', port: 4321, staticOutput: undefined },
  },
  SvelteKit: {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build' },
        devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-node': '5', vite: '7' },
      }),
    },
    expected: { framework: 'sveltekit', startCommand: 'node build', port: 3000 },
  },
  'SvelteKit as files': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build' },
        devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3' },
      }),
    },
    expected: { staticOutput: 'build', startCommand: undefined },
  },
  'Vite, whose start script is for developers': {
    files: {
      'package.json': aPackage({ ...vite, scripts: { start: 'vite', build: 'tsc && vite build' } }),
      'vite.config.ts': "export default { build: { outDir: 'out' } };",
      'index.html': '',
    },
    expected: {
      language: 'node',
      framework: 'vite',
      buildCommand: 'npm run build',
      staticOutput: 'out',
      startCommand: undefined,
      port: undefined,
    },
  },
  'Vite that is told on the command line where to build': {
    files: {
      'package.json': aPackage({ scripts: { build: 'tsc -b && vite build --outDir ./out' }, devDependencies: { vite: '7' } }),
      'vite.config.ts': "export default { build: { outDir: 'elsewhere' } };",
      'index.html': '',
    },
    expected: { framework: 'vite', staticOutput: 'out' },
  },
  'Vite beside an Express server': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build', start: 'node server.js' },
        dependencies: { express: '5' },
        devDependencies: { vite: '7' },
      }),
    },
    expected: { framework: 'express', startCommand: 'npm run start', staticOutput: undefined },
  },
  'Create React App': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'react-scripts start', build: 'react-scripts build' },
        dependencies: { 'react-scripts': '5' },
      }),
    },
    expected: { framework: 'create-react-app', staticOutput: 'build', startCommand: undefined },
  },
  'Angular, whose pages stand in a folder of their own': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '20' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular/build:application", "options": {"outputPath": "dist/shop"}}}}}}',
    },
    expected: { framework: 'angular', staticOutput: 'dist/shop/browser' },
  },
  'Angular that is told what its folders are called': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '20' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular-devkit/build-angular:application", "options": {"outputPath": {"base": "out", "browser": ""}}}}}}}',
    },
    expected: { staticOutput: 'out' },
  },
  'Angular with the builder that came before': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '16' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular-devkit/build-angular:browser", "options": {"outputPath": "dist/shop"}}}}}}',
    },
    expected: { staticOutput: 'dist/shop' },
  },
  'a workspace of Nx, whose start script is for developers': {
    files: {
      'package.json': aPackage({ scripts: { start: 'nx serve', build: 'nx build' }, dependencies: { next: '15' } }),
      'nx.json': '{}',
    },
    expected: { framework: 'nextjs', startCommand: undefined },
  },
  'Docusaurus, whose start script is for developers': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'docusaurus start', build: 'docusaurus build' },
        dependencies: { '@docusaurus/core': '3', 'react-dom': '19' },
      }),
    },
    expected: { framework: 'docusaurus', buildCommand: 'npm run build', startCommand: undefined, staticOutput: 'build' },
  },
  'Gatsby, whose start script runs another one': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'npm run develop', develop: 'gatsby develop', build: 'gatsby build' },
        dependencies: { gatsby: '5' },
      }),
    },
    expected: { framework: 'gatsby', startCommand: undefined, staticOutput: 'public' },
  },
  'Eleventy that is told where to write': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'eleventy --config=e.js --serve', build: 'eleventy --config=e.js --output=out' },
        devDependencies: { '@11ty/eleventy': '3' },
      }),
    },
    expected: { framework: 'eleventy', startCommand: undefined, staticOutput: 'out' },
  },
  'VitePress beside its pages': {
    files: {
      'package.json': aPackage({
        scripts: { 'docs:dev': 'vitepress dev docs', build: 'vitepress build docs' },
        devDependencies: { vitepress: '1' },
      }),
    },
    expected: { framework: 'vitepress', startCommand: undefined, staticOutput: 'docs/.vitepress/dist' },
  },
  'VuePress without a folder': {
    files: { 'package.json': aPackage({ scripts: { build: 'vuepress build' }, devDependencies: { vuepress: '1' } }) },
    expected: { framework: 'vuepress', staticOutput: '.vuepress/dist' },
  },
  'Hexo with a folder of its own': {
    files: {
      'package.json': aPackage({ scripts: { build: 'hexo generate', server: 'hexo server' }, dependencies: { hexo: '7' } }),
      '_config.yml': 'title: x\npublic_dir: pages\n',
    },
    expected: { framework: 'hexo', startCommand: undefined, staticOutput: 'pages' },
  },
  'Vue CLI, whose entry is for browsers': {
    files: {
      'package.json': aPackage({
        scripts: { serve: 'vue-cli-service serve', build: 'vue-cli-service build' },
        dependencies: { vue: '3' },
        devDependencies: { '@vue/cli-service': '5' },
      }),
      'src/main.js': "createApp(App).mount('#app')",
      'vue.config.js': "module.exports = { outputDir: 'web' }",
    },
    expected: { framework: 'vue-cli', startCommand: undefined, staticOutput: 'web' },
  },
  'documentation beside a server': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'node app.js', 'docs:build': 'vitepress build docs' },
        dependencies: { express: '5' },
        devDependencies: { vitepress: '1' },
      }),
    },
    expected: { framework: 'express', startCommand: 'npm run start', staticOutput: undefined },
  },
  'Nitro without a start script': {
    files: { 'package.json': aPackage({ scripts: { build: 'nitro build', dev: 'nitro dev' }, devDependencies: { nitropack: '2' } }) },
    expected: { framework: 'nitro', buildCommand: 'npm run build', startCommand: 'node .output/server/index.mjs', port: 3000 },
  },
  'SolidStart without scripts': {
    files: { 'package.json': aPackage({ dependencies: { '@solidjs/start': '1', 'solid-js': '1' } }) },
    expected: { framework: 'solid-start', buildCommand: 'npx vinxi build', startCommand: 'node .output/server/index.mjs' },
  },
  'a page bundled by nobody we know': {
    files: {
      'package.json': aPackage({ scripts: { build: 'bundle' }, dependencies: { preact: '10' } }),
      'src/index.js': 'render(App, document.body)',
    },
    expected: { startCommand: undefined, staticOutput: undefined },
  },
  'Django with uv': {
    files: {
      'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["Django>=5", "gunicorn"]\n',
      'uv.lock': '',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')",
      'shop/wsgi.py': '',
      'shop/settings/production.py': '',
    },
    expected: {
      language: 'python',
      framework: 'django',
      version: '>=3.12',
      packageManager: 'uv',
      installCommand: 'uv sync --locked --no-dev',
      startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application',
      port: 8000,
      releaseCommand: 'python manage.py migrate --noinput',
    },
  },
  'Django whose static files are collected into a folder': {
    files: {
      'requirements.txt': 'Django==5.2\ngunicorn\nwhitenoise\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py': `SECRET_KEY = os.environ.get("SECRET_KEY", default="x")
INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
STATIC_ROOT = BASE_DIR / "staticfiles"
`,
      'shop/wsgi.py': 'application = get_wsgi_application()\n',
    },
    expected: { framework: 'django', buildCommand: 'python manage.py collectstatic --noinput' },
  },
  'Django whose settings need a variable that a build does not have': {
    files: {
      'requirements.txt': 'Django==5.2\ngunicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py': `SECRET_KEY = os.environ["SECRET_KEY"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "static"
`,
      'shop/wsgi.py': 'application = get_wsgi_application()\n',
    },
    expected: { framework: 'django', buildCommand: undefined, startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application' },
  },
  'Django that collects static files in some settings only': {
    files: {
      'requirements.txt': 'Django==5.2\ngunicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py': `INSTALLED_APPS = ["django.contrib.staticfiles"]
if not DEBUG:
    STATIC_ROOT = "static"
`,
      'shop/wsgi.py': 'application = get_wsgi_application()\n',
    },
    expected: { framework: 'django', buildCommand: undefined },
  },
  'FastAPI with Poetry, in a file that is not main.py': {
    files: {
      'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\nuvicorn = "*"\n',
      'poetry.lock': '',
      'api/server.py': 'service: FastAPI = FastAPI(title="x")\n\n@service.get("/api/health")\ndef health(): ...\n',
      'api/__init__.py': '',
    },
    expected: {
      framework: 'fastapi',
      version: '^3.11',
      packageManager: 'poetry',
      installCommand: 'poetry install --only main --no-interaction',
      startCommand: 'uvicorn api.server:service --host 0.0.0.0 --port ${PORT:-8000}',
      healthPath: '/api/health',
    },
  },
  'Flask with pip and a function that makes the application': {
    files: {
      'requirements.txt': 'Flask==3.1\ngunicorn>=23\n',
      'shop/__init__.py': 'from flask import Flask\n\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n',
      'runtime.txt': 'python-3.12.4\n',
    },
    expected: {
      framework: 'flask',
      version: '3.12.4',
      packageManager: 'pip',
      installCommand: 'pip install -r requirements.txt',
      startCommand: "gunicorn --bind 0.0.0.0:${PORT:-8000} 'shop:create_app()'",
    },
  },
  'Streamlit with Pipenv': {
    files: {
      Pipfile: '[packages]\nstreamlit = "*"\n\n[requires]\npython_version = "3.12"\n',
      'Pipfile.lock': '{}',
      'app.py': 'import streamlit as st\n',
    },
    expected: {
      framework: 'streamlit',
      version: '3.12',
      packageManager: 'pipenv',
      installCommand: 'pipenv install --deploy',
      startCommand: 'streamlit run app.py --server.address 0.0.0.0 --server.port ${PORT:-8501}',
      port: 8501,
    },
  },
  'a bot in Python with PDM': {
    files: { 'pyproject.toml': '[project]\nname = "bot"\ndependencies = ["discord.py"]\n', 'pdm.lock': '', 'bot.py': '' },
    expected: { framework: undefined, packageManager: 'pdm', startCommand: 'python bot.py', port: undefined },
  },
  'Django with lists of requirements in a folder': {
    files: {
      'requirements.txt': '# for platforms that look here\n-r requirements/production.txt\n',
      'requirements/production.txt': '-r base.txt # all\ngunicorn==23\n--requirement=../requirements.txt\n-c limits.txt\n',
      'requirements/base.txt': 'Django==5.2\n',
      'requirements/limits.txt': 'flask<4\n',
      'requirements/local.txt': 'uvicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py': '',
      'shop/wsgi.py': '',
    },
    expected: {
      framework: 'django',
      installCommand: 'pip install -r requirements.txt',
      startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application',
    },
  },
  'Django without a list of requirements at the top': {
    files: {
      'requirements/production.txt': '-r base.txt\ngunicorn==23\n',
      'requirements/base.txt': 'Django==5.2\n',
      'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.local')\n",
      'config/wsgi.py': '',
    },
    expected: {
      framework: 'django',
      installCommand: 'pip install -r requirements/production.txt',
      startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8000} config.wsgi:application',
    },
  },
  'Django in a folder below its manifest': {
    files: {
      'requirements.txt': 'Django==5.2\ngunicorn\n',
      'mysite/manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
      'mysite/mysite/settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static"\n',
      'mysite/mysite/wsgi.py': '',
      'examples/shop/manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'examples/shop/shop/wsgi.py': '',
    },
    expected: {
      framework: 'django',
      buildCommand: 'cd mysite && python manage.py collectstatic --noinput',
      startCommand: 'gunicorn --chdir mysite --bind 0.0.0.0:${PORT:-8000} mysite.wsgi:application',
      releaseCommand: 'cd mysite && python manage.py migrate --noinput',
    },
  },
  'Django in a folder, which an image may have elsewhere': {
    files: {
      'requirements.txt': 'Django==5.2\n',
      'web/manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'web/shop/wsgi.py': '',
      Dockerfile: 'FROM python\nCOPY web /srv\nCMD ["/srv/start"]\n',
    },
    expected: { startCommand: '/srv/start', releaseCommand: undefined },
  },
  'Django in a folder, without a server for users': {
    files: {
      'requirements.txt': 'Django==5.2\n',
      'web/manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'web/shop/wsgi.py': '',
    },
    expected: { startCommand: 'cd web && python manage.py runserver 0.0.0.0:${PORT:-8000}' },
  },
  'Django whose settings load others by a computed name': {
    files: {
      'requirements.txt': 'Django==5.2\ngunicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py':
        'local = importlib.import_module(name)\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static"\n',
      'shop/wsgi.py': '',
    },
    expected: { buildCommand: undefined },
  },
  'FastAPI whose modules are imported from a folder': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'backend/app/main.py': 'import logging\nfrom fastapi import FastAPI\nfrom app.routes import router\n\napp = FastAPI()\n',
      'backend/app/routes.py': '',
    },
    expected: { startCommand: 'cd backend && uvicorn app.main:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'FastAPI in a folder of sources': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'src/shop/main.py': 'from fastapi import FastAPI\nfrom shop.routes import router\n\napp = FastAPI()\n',
      'src/shop/routes.py': '',
    },
    expected: { startCommand: 'PYTHONPATH=src uvicorn shop.main:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'Flask in a folder whose name is no module': {
    files: {
      'requirements.txt': 'flask\ngunicorn\nredis\n',
      'flask-app/app.py': 'import redis\nfrom flask import Flask\n\napp = Flask(__name__)\n',
      'redis/setup.py': '',
    },
    expected: { startCommand: 'gunicorn --chdir flask-app --bind 0.0.0.0:${PORT:-8000} app:app' },
  },
  'FastAPI in a package that imports from beside itself': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'shop/main.py': 'import stripe\nfrom fastapi import FastAPI\nfrom .stripe import pay\n\napp = FastAPI()\n',
      'shop/stripe.py': '',
    },
    expected: { startCommand: 'uvicorn shop.main:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'FastAPI that mounts the other applications': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'shop/app.py':
        'from fastapi import FastAPI\nfrom shop.apps import (\n    admin_app,\n    pay_app,\n)\n\napp = FastAPI()\napp.mount("/admin", admin_app)\napp.mount("/", app=pay_app)\n',
      'shop/apps/__init__.py': 'from shop.apps.admin.app import app as admin_app\nfrom shop.apps.pay.app import app as pay_app\n',
      'shop/apps/admin/app.py': 'app = FastAPI()\napp.mount("/static", StaticFiles(directory="static"))\n',
      'shop/apps/pay/app.py': 'app = FastAPI()\n',
    },
    expected: { startCommand: 'uvicorn shop.app:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'Gradio, which brings FastAPI': {
    files: {
      'requirements.txt': 'fastapi==0.112.0\ngradio==4.40.0\nstarlette==0.37\nuvicorn==0.30\n',
      'app.py': 'import gradio as gr\n\ngr.Interface(greet, "text", "text").launch()\n',
    },
    expected: {
      framework: 'gradio',
      startCommand: 'GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=${PORT:-7860} python app.py',
      port: 7860,
    },
  },
  'FastAPI that mounts Gradio, and something of Starlette': {
    files: {
      'requirements.txt': 'fastapi\ngradio\nstarlette\nuvicorn\n',
      'main.py': 'from starlette.middleware.gzip import GZipMiddleware\nfrom server import app\n',
      'server.py': 'import gradio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n',
    },
    expected: { framework: 'fastapi', startCommand: 'uvicorn server:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'gunicorn whose settings say where it listens': {
    files: {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': 'app = Flask(__name__)\n',
      'settings/gunicorn.py': 'workers = 2\nbind = "0.0.0.0:5005"\n',
      Procfile: 'web: gunicorn --config=settings/gunicorn.py app:app\n',
    },
    expected: { startCommand: 'gunicorn --config=settings/gunicorn.py app:app', port: 5005 },
  },
  'gunicorn whose settings are where it looks for them': {
    files: {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': 'app = Flask(__name__)\n',
      'gunicorn.conf.py': `bind = f"0.0.0.0:{os.environ.get('PORT', '8080')}"\n`,
      Dockerfile: 'FROM python\nCMD gunicorn app:app\n',
    },
    expected: { port: 8080 },
  },
  'gunicorn that is told where to listen': {
    files: {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': 'app = Flask(__name__)\n',
      'gunicorn.conf.py': 'bind = "0.0.0.0:8080"\n',
      Procfile: 'web: gunicorn -w 2 -b :6000 app:app\n',
    },
    expected: { port: 6000 },
  },
  'gunicorn that listens on PORT': {
    files: {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': 'app = Flask(__name__)\n',
      'gunicorn.conf.py': 'bind = "0.0.0.0:8080"\n',
      Procfile: 'web: gunicorn -b 0.0.0.0:$PORT app:app\n',
    },
    expected: { port: 8000 },
  },
  Alembic: {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\nalembic\n',
      'main.py': 'app = FastAPI()\n',
      'alembic.ini': '[alembic]\nscript_location = %(here)s/app/migrations\n',
      'app/migrations/versions/1a2b_users.py': '',
    },
    expected: { releaseCommand: 'alembic upgrade head' },
  },
  'Alembic without migrations': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\nalembic\n',
      'main.py': 'app = FastAPI()\n',
      'alembic.ini': '[alembic]\nscript_location = alembic\n',
      'alembic/versions/__init__.py': '',
    },
    expected: { releaseCommand: undefined },
  },
  'Flask-Migrate': {
    files: {
      'requirements.txt': 'Flask\nFlask-Migrate\ngunicorn\n',
      'shop.py': 'from app import create_app\n\napp = create_app()\n',
      'app/__init__.py': 'def create_app():\n    return Flask(__name__)\n',
      'migrations/versions/1a2b_users.py': '',
    },
    expected: { releaseCommand: 'flask --app shop:app db upgrade' },
  },
  'Gin with a program in cmd': {
    files: {
      'go.mod':
        'module x\n\ngo 1.24.1\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/labstack/echo/v4 v4.0.0 // indirect\n)\n',
      'cmd/api/main.go': 'package main\n\nfunc main() {\n\tr.Run(":9000")\n}\n',
      'engine.go': 'package x\n',
    },
    expected: {
      language: 'go',
      framework: 'gin',
      version: '1.24.1',
      installCommand: 'go mod download',
      buildCommand: 'go build -o app ./cmd/api',
      startCommand: './app',
      port: 9000,
    },
  },
  'Go whose files are only named like a framework': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'engine/gin/chi.go': 'package gin\n',
      'main.go': 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
    },
    expected: { framework: undefined, buildCommand: 'go build -o app .', port: 8080 },
  },
  'a port in Go with all of its digits, when the variable is not set': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'main.go':
        'package main\n\nfunc main() {\n\tport := os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "3000"\n\t}\n\thttp.ListenAndServe(":"+port, nil)\n}\n',
    },
    expected: { port: 3000 },
  },
  'a port in Go that is given to a function with the name of the variable': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'internal/cache.go': 'package internal\n\nvar c = redis.NewClient(&redis.Options{Addr: "localhost:6379"})\n',
      'main.go': 'package main\n\nfunc main() { serve(getEnv("PORT", "5000")) }\n',
    },
    expected: { port: 5000 },
  },
  'a port in Go of another server than its own': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'internal/proxy.go': 'package internal\n\nfunc f() { port = "8080" }\n',
      'main.go': 'package main\n\nfunc main() { e.Start("127.0.0.1:1323") }\n',
    },
    expected: { port: 1323 },
  },
  'Go whose Procfile names the program as its module': {
    files: {
      'go.mod': 'module example.com/shop/v2\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      Procfile: 'web: shop --quiet\n',
    },
    expected: { buildCommand: 'go build -o bin/shop .', startCommand: 'shop --quiet' },
  },
  Rails: {
    files: {
      Gemfile: 'ruby "3.4.1"\ngem "rails", "~> 8.0"\ngem "propshaft"\ngem "pg"\n',
      'config/application.rb': '',
      'config/routes.rb': 'get "up" => "rails/health#show"',
      'db/migrate/1_x.rb': '',
      'package.json': aPackage(vite),
    },
    expected: {
      language: 'ruby',
      framework: 'rails',
      version: '3.4.1',
      packageManager: 'bundler',
      buildCommand: 'SECRET_KEY_BASE=${SECRET_KEY_BASE:-none} bundle exec rails assets:precompile',
      startCommand: 'bundle exec rails server -b 0.0.0.0 -p ${PORT:-3000}',
      port: 3000,
      releaseCommand: 'bundle exec rails db:migrate',
      healthPath: '/up',
    },
  },
  'Rails 6, which brings Sprockets': {
    files: {
      Gemfile: 'gem "rails", "~> 6.1"\n',
      'Gemfile.lock': 'GEM\n  specs:\n    rails (6.1.7)\n      sprockets-rails (>= 2.0.0)\n    sprockets-rails (3.4.2)\n',
      'config/application.rb': 'require "rails/all"\n',
      'app/assets/config/manifest.js': '//= link_tree ../images\n',
    },
    expected: { buildCommand: 'SECRET_KEY_BASE=${SECRET_KEY_BASE:-none} bundle exec rails assets:precompile' },
  },
  'Rails 6 without the part for assets': {
    files: {
      Gemfile: 'gem "rails", "~> 6.1"\n',
      'Gemfile.lock': 'GEM\n  specs:\n    rails (6.1.7)\n      sprockets-rails (>= 2.0.0)\n    sprockets-rails (3.4.2)\n',
      'config/application.rb': 'require "rails"\n# require "sprockets/railtie"\n',
      'app/assets/config/manifest.js': '//= link_tree ../images\n',
    },
    expected: { buildCommand: undefined },
  },
  Sinatra: {
    files: { Gemfile: "gem 'sinatra'\n", '.ruby-version': 'ruby-3.3.0\n', 'app.rb': '' },
    expected: { framework: 'sinatra', version: '3.3.0', startCommand: 'bundle exec ruby app.rb', port: 4567 },
  },
  'Rack with a port in the settings of Puma': {
    files: {
      Gemfile: "gem 'sinatra'\ngem 'puma'\n",
      'config.ru': 'run Sinatra::Application\n',
      'config/puma.rb': "# port 1\nworkers 2\nport ENV.fetch('PORT') { 4000 }\n",
    },
    expected: { startCommand: 'bundle exec rackup config.ru --host 0.0.0.0 --port ${PORT:-4000}', port: 4000 },
  },
  'Jekyll with a folder of its own': {
    files: { Gemfile: "source 'x'\ngem 'github-pages', group: :jekyll_plugins\n", '_config.yml': "title: x\ndestination: './public/'\n" },
    expected: {
      language: 'ruby',
      framework: 'jekyll',
      buildCommand: 'bundle exec jekyll build',
      staticOutput: 'public',
      startCommand: undefined,
    },
  },
  Middleman: {
    files: { Gemfile: "gem 'middleman', '~> 4.5'\n", 'config.rb': '' },
    expected: { framework: 'middleman', buildCommand: 'bundle exec middleman build', staticOutput: 'build' },
  },
  'MkDocs with a theme': {
    files: { 'requirements.txt': 'mkdocs-material==9.5\n', 'mkdocs.yml': 'site_name: x\nsite_dir: out\n' },
    expected: {
      language: 'python',
      framework: 'mkdocs',
      installCommand: 'pip install -r requirements.txt',
      buildCommand: 'mkdocs build',
      staticOutput: 'out',
    },
  },
  'MkDocs beside an application': {
    files: { 'requirements.txt': 'mkdocs\nflask\n', 'mkdocs.yml': '', 'app.py': 'app = Flask(__name__)' },
    expected: { framework: 'flask', staticOutput: undefined },
  },
  'Laravel with assets that Vite builds': {
    files: {
      'composer.json': '{"require": {"php": "^8.3", "laravel/framework": "^12"}}',
      artisan: '',
      'public/index.php': '',
      'bootstrap/app.php': "health: '/up',",
      'package.json': aPackage(vite),
      'vite.config.js': '',
    },
    expected: {
      language: 'php',
      framework: 'laravel',
      version: '^8.3',
      packageManager: 'composer',
      startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t public',
      releaseCommand: 'php artisan migrate --force',
      healthPath: '/up',
    },
  },
  Symfony: {
    files: { 'composer.json': '{"require": {"symfony/framework-bundle": "7.*"}}', 'public/index.php': '' },
    expected: { framework: 'symfony', releaseCommand: undefined },
  },
  'Doctrine in Symfony': {
    files: {
      'composer.json': '{"require": {"symfony/framework-bundle": "7.*", "doctrine/doctrine-migrations-bundle": "^3"}}',
      'public/index.php': '',
      'bin/console': '',
      'migrations/Version20240101000000.php': '',
    },
    expected: {
      framework: 'symfony',
      releaseCommand: 'php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration',
    },
  },
  'Doctrine without migrations': {
    files: {
      'composer.json': '{"require": {"symfony/framework-bundle": "7.*", "doctrine/doctrine-migrations-bundle": "^3"}}',
      'public/index.php': '',
      'bin/console': '',
      'migrations/.gitignore': '',
    },
    expected: { releaseCommand: undefined },
  },
  'CakePHP, whose page at the top is for Apache': {
    files: {
      'composer.json': '{"require": {"cakephp/cakephp": "^5", "cakephp/migrations": "^4"}}',
      'index.php': "<?php require 'webroot/index.php';\n",
      'webroot/index.php': '',
      'bin/cake': '',
      'config/Migrations/20240101000000_CreateUsers.php': '',
    },
    expected: {
      framework: 'cakephp',
      startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t webroot',
      releaseCommand: 'bin/cake migrations migrate',
    },
  },
  'PHP whose manifest names the folder that is served': {
    files: {
      'composer.json':
        '{"require": {"drupal/core-recommended": "^11"}, "extra": {"drupal-scaffold": {"locations": {"web-root": "./html/"}}}}',
      'html/index.php': '',
      'index.php': '',
    },
    expected: { startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t html' },
  },
  'PHP whose page at the top leads to a folder': {
    files: { 'index.php': "<?php header('Location: p/', true, 301);\n", 'p/index.php': '', 'data/.htaccess': '' },
    expected: { startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t p' },
  },
  'PHP that Apache keeps users from folders of': {
    files: { 'index.php': '<?php\n', 'data/.htaccess': 'Require all denied\n', 'data/config.php': '' },
    expected: { language: 'php', startCommand: undefined, port: undefined },
  },
  'Spring Boot with Maven': {
    files: {
      'pom.xml':
        '<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.0</version></parent><artifactId>shop</artifactId><version>0.1.0</version><properties><java.version>21</java.version></properties><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies></project>',
      mvnw: '',
      'src/main/resources/application.yml': 'spring:\n  x: y\nserver:\n  address: z\n  port: ${PORT:9090}\n',
    },
    expected: {
      language: 'java',
      framework: 'spring-boot',
      version: '21',
      packageManager: 'maven',
      buildCommand: './mvnw -B -DskipTests package',
      startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop-0.1.0.jar',
      port: 9090,
      healthPath: '/actuator/health',
    },
  },
  'Quarkus with Gradle and Kotlin': {
    files: {
      'build.gradle.kts': 'plugins {\n  kotlin("jvm") version "2.1"\n  id("io.quarkus")\n}\nkotlin { jvmToolchain(21) }\n',
      gradlew: '',
    },
    expected: {
      language: 'kotlin',
      framework: 'quarkus',
      version: '21',
      packageManager: 'gradle',
      startCommand: 'java -Dquarkus.http.port=${PORT:-8080} -jar build/quarkus-app/quarkus-run.jar',
      port: 8080,
    },
  },
  'Spring Boot with Gradle, which names its archive': {
    files: {
      'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' }\nversion = '0.0.1-SNAPSHOT'\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'spring-boot',
      buildCommand: 'gradle build -x test',
      startCommand: 'java -Dserver.port=${PORT:-8080} -jar build/libs/shop-0.0.1-SNAPSHOT.jar',
    },
  },
  'Gradle that computes the name of its archive': {
    files: {
      'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' }\nversion = '1'\nbootJar { archiveFileName = other() }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'spring-boot',
      startCommand:
        'java -Dserver.port=${PORT:-8080} -jar "$(ls build/libs/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar)"',
    },
  },
  'Spring Boot with Gradle and no settings': {
    files: { 'build.gradle': "buildscript { }\napply plugin: 'org.springframework.boot'\nversion = '1.0'\n" },
    expected: {
      framework: 'spring-boot',
      startCommand:
        'java -Dserver.port=${PORT:-8080} -jar "$(ls build/libs/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar)"',
    },
  },
  'Spring Boot that Gradle applies to other projects alone': {
    files: { 'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.0' apply false }\n" },
    expected: { framework: 'spring-boot', startCommand: undefined },
  },
  'Ktor with the plugin of its own and no settings': {
    files: { 'build.gradle.kts': 'plugins {\n  kotlin("jvm") version "2.1"\n  id("io.ktor.plugin") version "3.4.3"\n}\n' },
    expected: {
      framework: 'ktor',
      buildCommand: 'gradle build installDist -x test',
      startCommand: '"$(ls build/install/*/bin/* | grep -v \'[.]bat$\')"',
    },
  },
  'Gradle with the plugin for applications': {
    files: {
      'build.gradle.kts':
        'plugins {\n  kotlin("jvm") version "2.1"\n  application\n}\ndependencies { implementation("io.ktor:ktor-server-netty:3") }\n',
      'settings.gradle.kts': 'rootProject.name = "shop"\n',
      gradlew: '',
    },
    expected: {
      language: 'kotlin',
      framework: 'ktor',
      buildCommand: './gradlew build installDist -x test',
      startCommand: 'build/install/shop/bin/shop',
    },
  },
  'Micronaut with Gradle, whose script is told the port': {
    files: {
      'build.gradle': "plugins {\n  id 'application'\n  id 'io.micronaut.application' version '4'\n}\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: {
      framework: 'micronaut',
      startCommand: 'JAVA_OPTS="-Dmicronaut.server.port=${PORT:-8080} $JAVA_OPTS" build/install/shop/bin/shop',
      port: 8080,
    },
  },
  'the only application of a Gradle build': {
    files: {
      'settings.gradle': "rootProject.name = 'all'\ninclude 'library', 'services:shop'\n",
      'library/build.gradle': "plugins { id 'java-library' }\n",
      'services/shop/build.gradle': "apply plugin: 'application'\n",
    },
    expected: { buildCommand: 'gradle build installDist -x test', startCommand: 'services/shop/build/install/shop/bin/shop' },
  },
  'Gradle with a plugin for applications that names what it installs': {
    files: {
      'build.gradle': "plugins { id 'application' }\napplication { applicationName = other() }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: { buildCommand: 'gradle build -x test', startCommand: undefined },
  },
  'an archive of Gradle that says where it begins': {
    files: {
      'build.gradle': "apply plugin: 'java'\njar { manifest { attributes 'Main-Class': 'shop.Main' } }\n",
      'settings.gradle': "rootProject.name = 'shop'\n",
    },
    expected: { buildCommand: 'gradle build -x test', startCommand: 'java -jar build/libs/shop.jar' },
  },
  'a library of Gradle': {
    files: { 'build.gradle': "apply plugin: 'java'\n", 'settings.gradle': "rootProject.name = 'shop'\n" },
    expected: { startCommand: undefined },
  },
  'an archive of Maven that says where it begins': {
    files: {
      'pom.xml':
        '<project><artifactId>tool</artifactId><version>2</version><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>a.Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>',
    },
    expected: { language: 'java', framework: undefined, startCommand: 'java -jar target/tool-2.jar' },
  },
  'Maven with a profile that names the archive differently, and a version of the parent': {
    files: {
      'pom.xml':
        '<project><parent><groupId>g</groupId><artifactId>all</artifactId><version>4.0.1</version></parent><artifactId>shop</artifactId><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build><profiles><profile><id>e2e</id><build><finalName>e2e</finalName></build></profile></profiles></project>',
    },
    expected: { framework: 'spring-boot', startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop-4.0.1.jar' },
  },
  'a module of Maven that has plugin and version from its parent': {
    files: {
      'pom.xml':
        '<project><parent><artifactId>all</artifactId><version>2.0</version></parent><artifactId>vets</artifactId><dependency><groupId>org.springframework.boot</groupId></dependency></project>',
      'src/main/java/a/b/c/d/e/f/VetsApplication.java': '@SpringBootApplication\n',
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/vets-2.0.jar' },
  },
  'a library of Maven that has its version from its parent': {
    files: {
      'pom.xml':
        '<project><parent><artifactId>all</artifactId><version>2.0</version></parent><artifactId>core</artifactId><dependency><groupId>org.springframework.boot</groupId></dependency></project>',
      'src/main/java/a/Shop.java': '',
    },
    expected: { startCommand: undefined },
  },
  'Maven that builds the name of its archive': {
    files: {
      'pom.xml':
        '<project><artifactId>shop</artifactId><version>1</version><build><finalName>${project.artifactId}</finalName><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
    expected: { startCommand: 'java -Dserver.port=${PORT:-8080} -jar target/shop.jar' },
  },
  'Maven with a name that is set elsewhere': {
    files: {
      'pom.xml':
        '<project><artifactId>shop</artifactId><version>${revision}</version><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
    expected: { framework: 'spring-boot', startCommand: undefined },
  },
  'a library of Maven': {
    files: { 'pom.xml': '<project><artifactId>tool</artifactId><version>2</version></project>' },
    expected: { language: 'java', startCommand: undefined },
  },
  '.NET whose version stands for all projects': {
    files: {
      'Shop.sln': '',
      'src/Directory.Build.props': '<Project><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
      'global.json': '{"sdk": {"version": "10.0.100"}}',
      'src/Shop/Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    },
    expected: { language: 'dotnet', version: '9.0' },
  },
  '.NET whose version is that of the SDK': {
    files: { 'global.json': '{"sdk": {"version": "10.0.100"}}', 'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>' },
    expected: { version: '10.0' },
  },
  'ASP.NET Core beside its tests': {
    files: {
      'src/Shop.csproj':
        '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
      'tests/Shop.Tests.csproj':
        '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" /></ItemGroup></Project>',
    },
    expected: {
      language: 'dotnet',
      framework: 'aspnetcore',
      version: '9.0',
      buildCommand: 'dotnet publish src/Shop.csproj -c Release -o out',
      startCommand: 'ASPNETCORE_URLS=http://0.0.0.0:${PORT:-8080} dotnet out/Shop.dll',
      port: 8080,
    },
  },
  Axum: {
    files: {
      'Cargo.toml': '[package]\nname = "shop"\nrust-version = "1.85"\n[dependencies]\naxum = "0.8"\n',
      'Cargo.lock': '',
      'src/main.rs': 'bind("0.0.0.0:3000")',
    },
    expected: {
      language: 'rust',
      framework: 'axum',
      version: '1.85',
      packageManager: 'cargo',
      buildCommand: 'cargo build --release --locked',
      startCommand: './target/release/shop',
      port: 3000,
    },
  },
  'the only program of a Cargo workspace': {
    files: {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
      'crates/web/Cargo.toml': '[package]\nname = "web"\n[dependencies]\nrocket = "0.5"\n',
      'crates/web/src/main.rs': '',
      'crates/core/Cargo.toml': '[package]\nname = "core"\n',
      'crates/core/src/lib.rs': '',
    },
    expected: {
      language: 'rust',
      framework: 'rocket',
      buildCommand: 'cargo build --release --package web',
      startCommand: 'ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=${PORT:-8000} ./target/release/web',
      port: 8000,
    },
  },
  'a script that starts what no manifest speaks of': {
    files: { 'start.sh': '#!/usr/bin/env bash\nexec ./program\n', program: '' },
    expected: { language: 'shell', startCommand: 'bash start.sh' },
  },
  'a script beside a manifest that does not say how it is started': {
    files: { 'start.sh': 'python -m shop\n', 'requirements.txt': 'requests\n' },
    expected: { language: 'python', startCommand: 'sh start.sh' },
  },
  'a script beside a program that can be started': {
    files: { 'start.sh': 'npm run dev\n', 'package.json': aPackage({ scripts: { start: 'node server.js' } }) },
    expected: { language: 'node', startCommand: 'npm run start' },
  },
  Phoenix: {
    files: {
      'mix.exs': 'def project, do: [app: :shop_web, elixir: "~> 1.18"]\n{:phoenix, "~> 1.7"}\n"assets.deploy": []\n',
      'lib/shop_web/release.ex': '',
      'priv/repo/migrations/1_x.exs': '',
    },
    expected: {
      language: 'elixir',
      framework: 'phoenix',
      version: '~> 1.18',
      startCommand: 'PHX_SERVER=true _build/prod/rel/shop_web/bin/shop_web start',
      port: 4000,
      releaseCommand: '_build/prod/rel/shop_web/bin/shop_web eval "ShopWeb.Release.migrate"',
    },
  },
  'Elixir with a server of its own': {
    files: {
      'mix.exs': 'def project, do: [app: :shop]\n{:bandit, "~> 1.6"}\n',
      'lib/shop/application.ex': 'children = [\n  # {Bandit, plug: Shop.Old, port: 1}\n  {Bandit, plug: Shop.Router, port: 4001}\n]\n',
    },
    expected: { language: 'elixir', framework: undefined, port: 4001 },
  },
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
  'pages without a build': {
    files: { 'index.html': '', 'style.css': '' },
    expected: { language: 'static', staticOutput: '.', startCommand: undefined },
  },
  'a Staticfile': {
    files: { Staticfile: 'root: htdocs\n', 'htdocs/index.html': '' },
    expected: { language: 'static', staticOutput: 'htdocs' },
  },
};

for (const [name, { files, expected }] of Object.entries(cases)) {
  test(`${name} is recognised`, async () => {
    const analysis: Analysis = await analyzeTree(aTree(files));

    const found = Object.fromEntries(Object.keys(expected).map((field) => [field, analysis[field as Field]?.value]));
    assert.deepEqual(found, expected);
    assert.deepEqual(analysis.ambiguities, []);
  });
}

test('several files that make an application, or programs, are a question', async () => {
  const python = await analyzeTree(
    aTree({ 'requirements.txt': 'fastapi\nuvicorn\n', 'one.py': 'app = FastAPI()\n', 'two.py': 'app = FastAPI()\n' }),
  );
  const go = await analyzeTree(
    aTree({ 'go.mod': 'module x\n', 'cmd/a/main.go': 'package main\nfunc main() {}\n', 'cmd/b/main.go': 'package main\nfunc main() {}\n' }),
  );

  for (const { startCommand, ambiguities } of [python, go]) {
    assert.equal(startCommand, undefined);
    assert.deepEqual([ambiguities[0]?.field, ambiguities[0]?.choices.length], ['startCommand', 2]);
  }
});
