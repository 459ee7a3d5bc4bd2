import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
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
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
