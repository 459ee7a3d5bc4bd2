import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
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
  'a program with Poetry that is no package': {
    files: {
      'pyproject.toml': '[tool.poetry]\nname = "my-shop"\nversion = "1"\ndescription = ""\nauthors = []\n',
      'poetry.lock': '',
      'main.py': '',
    },
    expected: { installCommand: 'poetry install --only main --no-interaction --no-root' },
  },
  'a package with Poetry whose description is not there': {
    files: {
      'pyproject.toml': '[tool.poetry]\nname = "my-shop"\nversion = "1"\ndescription = ""\nauthors = []\nreadme = "README.md"\n',
      'poetry.lock': '',
      'my_shop/__init__.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'poetry install --only main --no-interaction --no-root' },
  },
  'a package with Poetry in a folder of sources': {
    files: {
      'pyproject.toml': '[tool.poetry]\nname = "my-shop"\nversion = "1"\ndescription = ""\nauthors = []\n',
      'poetry.lock': '',
      'src/my_shop/__init__.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'poetry install --only main --no-interaction' },
  },
  'a package with Poetry whose folders are named': {
    files: {
      'pyproject.toml':
        '[tool.poetry]\nname = "my-shop"\nversion = "1"\ndescription = ""\nauthors = []\npackages = [{ include = "shop", from = "./lib" }]\n',
      'poetry.lock': '',
      'lib/shop/a.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'poetry install --only main --no-interaction' },
  },
  'a program with Poetry whose settings say that it is no package': {
    files: {
      'pyproject.toml': '[tool.poetry]\npackage-mode = false\n',
      'poetry.lock': '',
      'main.py': '',
    },
    expected: { installCommand: 'poetry install --only main --no-interaction' },
  },
  'a program with uv that is no package, although a build is named': {
    files: {
      'pyproject.toml':
        '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n',
      'uv.lock': '',
      'main.py': '',
    },
    expected: { installCommand: 'uv sync --locked --no-dev --no-install-project' },
  },
  'a package with uv': {
    files: {
      'pyproject.toml':
        '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n[build-system]\nrequires = []\nbuild-backend = "uv_build"\n',
      'uv.lock': '',
      'src/my_shop/__init__.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'uv sync --locked --no-dev' },
  },
  'a program with uv': {
    files: {
      'pyproject.toml': '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n',
      'uv.lock': '',
      'other.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'uv sync --locked --no-dev' },
  },
  'a program with PDM that is no package': {
    files: {
      'pyproject.toml': '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n',
      'pdm.lock': '',
      'other.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'pdm install --prod --frozen-lockfile --no-self' },
  },
  'a program with pip that is no package': {
    files: {
      'pyproject.toml': '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n',
      'shop/__init__.py': '',
      'static/a.css': '',
      'main.py': '',
    },
    expected: { installCommand: "pip install 'six>=1' rich" },
  },
  'a package with pip': {
    files: {
      'pyproject.toml': '[project]\nname = "my-shop"\nversion = "1"\ndependencies = ["six>=1", "rich"]\n',
      'shop/__init__.py': '',
      'tests/test_a.py': '',
      'main.py': '',
    },
    expected: { installCommand: 'pip install .' },
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
  'FastAPI with Hypercorn alone': {
    files: { 'requirements.txt': 'fastapi==0.100\nhypercorn\n', 'main.py': 'app = FastAPI()\n' },
    expected: { startCommand: 'hypercorn main:app --bind 0.0.0.0:${PORT:-8000}', port: 8000 },
  },
  'FastAPI with Granian and a function that makes the application': {
    files: { 'requirements.txt': 'fastapi\ngranian\n', 'main.py': 'def create_app():\n    return FastAPI()\n' },
    expected: { startCommand: 'granian --interface asgi --factory --host 0.0.0.0 --port ${PORT:-8000} main:create_app' },
  },
  'Quart, which brings Hypercorn': {
    files: { 'requirements.txt': 'quart\n', 'app.py': 'app = Quart(__name__)\n' },
    expected: { startCommand: 'hypercorn app:app --bind 0.0.0.0:${PORT:-8000}' },
  },
  Chainlit: {
    files: {
      'requirements.txt': 'chainlit\nopenai\n',
      'main.py': 'import chainlit as cl\nfrom chat import answer\n\n@cl.on_message\nasync def main(message): ...\n',
      'chat.py': 'import chainlit as cl\n',
    },
    expected: { framework: 'chainlit', startCommand: 'chainlit run main.py --headless --host 0.0.0.0 --port ${PORT:-8000}', port: 8000 },
  },
  'FastAPI that mounts Chainlit': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\nchainlit\n',
      'main.py': 'from fastapi import FastAPI\nfrom chainlit.utils import mount_chainlit\n\napp = FastAPI()\n',
      'chat.py': 'import chainlit as cl\n\n@cl.on_message\nasync def main(message): ...\n',
    },
    expected: { framework: 'fastapi', startCommand: 'uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}' },
  },
  'Dash with gunicorn': {
    files: {
      'requirements.txt': 'dash==2.18\nFlask==3.0\ngunicorn\n',
      'app.py': 'import dash\n\napp = dash.Dash(__name__)\nserver = app.server\n\nif __name__ == "__main__":\n    app.run(debug=True)\n',
    },
    expected: { framework: 'dash', startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8050} app:server', port: 8050 },
  },
  'Dash with its own server': {
    files: { 'requirements.txt': 'dash\n', 'app.py': 'from dash import Dash\n\napp = Dash(__name__)\napp.run(debug=True)\n' },
    expected: { framework: 'dash', startCommand: 'HOST=0.0.0.0 python app.py', port: 8050 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
