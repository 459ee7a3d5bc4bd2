import test from 'node:test';
import { aPackage } from '../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase } from '../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
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
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
