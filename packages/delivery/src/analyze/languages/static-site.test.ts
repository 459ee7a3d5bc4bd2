import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'pages without a build': {
    files: { 'index.html': '', 'style.css': '' },
    expected: { language: 'static', staticOutput: '.', startCommand: undefined },
  },
  'a Staticfile': {
    files: { Staticfile: 'root: htdocs\n', 'htdocs/index.html': '' },
    expected: { language: 'static', staticOutput: 'htdocs' },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
