import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
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
  'Django with Channels, which also serves sockets': {
    files: {
      'requirements.txt': 'django\nchannels[daphne]\ndaphne\ngunicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
      'shop/settings.py': '',
      'shop/asgi.py': '',
      'shop/wsgi.py': '',
    },
    expected: { startCommand: 'daphne -b 0.0.0.0 -p ${PORT:-8000} shop.asgi:application', port: 8000 },
  },
  'Django with uvicorn alone': {
    files: {
      'requirements.txt': 'django\nuvicorn\n',
      'backend/manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
      'backend/shop/settings.py': '',
      'backend/shop/asgi.py': '',
      'backend/shop/wsgi.py': '',
    },
    expected: { startCommand: 'cd backend && uvicorn --host 0.0.0.0 --port ${PORT:-8000} shop.asgi:application' },
  },
  'Django with gunicorn and what brings uvicorn': {
    files: {
      'requirements.txt': 'django\ngunicorn\nuvicorn\n',
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
      'shop/asgi.py': '',
      'shop/wsgi.py': '',
    },
    expected: { startCommand: 'gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application' },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
