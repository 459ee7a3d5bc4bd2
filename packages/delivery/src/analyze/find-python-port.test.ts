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
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
