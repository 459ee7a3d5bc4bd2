import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
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
  'gunicorn whose settings are named by their place in the image': {
    files: {
      'requirements.txt': 'flask\ngunicorn\n',
      'gunicorn.py': 'bind = ":5500"\n',
      Dockerfile: 'FROM python\nCMD ["gunicorn", "--config", "/opt/app/gunicorn.py", "a:b"]\n',
    },
    expected: { port: 5500 },
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
  'a program in Flask with a port beside PORT': {
    files: {
      'requirements.txt': 'flask\n',
      'app.py':
        'from flask import Flask\napp = Flask(__name__)\n# app.run(port=1234)\nport = int(os.getenv("PORT", 8080))\napp.run(host="0.0.0.0", port=port)\n',
      Procfile: 'web: python app.py\n',
    },
    expected: { startCommand: 'python app.py', port: 8080 },
  },
  'a program in Flask that a Dockerfile starts by Pipenv': {
    files: {
      'requirements.txt': 'flask\n',
      'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.run(host="0.0.0.0")\n',
      Dockerfile: 'FROM python\nCOPY . .\nCMD pipenv run python ./app.py\n',
    },
    expected: { port: 5000 },
  },
  'a program whose port is a constant': {
    files: {
      'requirements.txt': '',
      'server.py':
        'import http.server, socketserver\nimport db\nPORT = 8081\ndb.connect(\n    port=5432\n)\nsocketserver.TCPServer(("", PORT), Handler)\n',
    },
    expected: { startCommand: 'python server.py', port: 8081 },
  },
  'a program that serves nobody': {
    files: { 'requirements.txt': 'psycopg2\n', 'main.py': 'PORT = 5432\nconnect(port=PORT)\n' },
    expected: { startCommand: 'python main.py', port: undefined },
  },
  'the server of Django at a port of its own': {
    files: {
      'requirements.txt': 'django\n',
      'manage.py': '',
      Dockerfile: 'FROM python\nCOPY . .\nCMD ["python", "manage.py", "runserver", "0.0.0.0:8090"]\n',
    },
    expected: { port: 8090 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
