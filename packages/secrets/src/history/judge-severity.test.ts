import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import { createSampler } from '../rules/sampler.ts';
import { judgeSeverity } from './judge-severity.ts';

const sample = createSampler('severities');
const rules = new Map(createDetector().rules.map((rule) => [rule.id, rule]));

test('a first guess with a number or a sign is of low severity wherever no address stands with it', () => {
  const guesses = [
    'password0',
    'password126',
    'Password1234$',
    'password@123',
    'p4ssw0rd',
    'NewPassword123!',
    'foobarbaz123',
    'secret42',
    'testpass123',
  ];

  for (const guess of guesses) {
    assert.equal(severityOf('generic-password', guess, 'config/prod.yml'), 'low', guess);
    // An address says which server it opens.
    assert.equal(severityOf('url-password', guess, 'config/prod.yml'), 'high', guess);
  }
});

test('a variable of the environment that holds the name of the user or the application is of low severity', () => {
  for (const word of ['petclinic', 'wordpress', 'nextcloud'])
    assert.equal(severityOf('generic-password', word, 'compose.yaml'), 'low', word);
});

test('a password in the code of a test is of medium severity', () => {
  const places = [
    'users/unit_test.go',
    'tests/api/users.py',
    'src/test/java/acme/UserTest.java',
    'src/app/UserIT.java',
    'spec/models/user_spec.rb',
    'src/auth.spec.ts',
    'app/__tests__/login.jsx',
    'test_login.py',
    'Acme.UnitTests/LoginTests.cs',
    'api/Conduit.postman_collection.json',
    'db/fixtures/users.yml',
  ];

  for (const place of places) assert.equal(severityOf('generic-password', `${sample.alnum(9)}!7`, place), 'medium', place);
});

test('settings, and files that are only called alike, are no tests', () => {
  const places = [
    'config/test/.env',
    'deploy/test/terraform.tfvars',
    '.env.test',
    'src/latest.ts',
    'app/audit.java',
    'src/contest/index.js',
    'spec.md',
    'Manifest.php',
  ];

  for (const place of places) assert.equal(severityOf('generic-password', `${sample.alnum(9)}!7`, place), 'high', place);
});

test('keys of providers, random values and passwords in addresses are the same in tests', () => {
  const place = 'tests/test_api.py';

  assert.equal(severityOf('generic-token', sample.alnum(40), place), 'high');
  assert.equal(severityOf('url-password', `${sample.alnum(9)}!7`, place), 'high');
  assert.equal(
    severityOf('github-personal-access-token', `ghp_${sample.alnum(36)}`, place),
    rules.get('github-personal-access-token')!.severity,
  );
});

test('what a framework made for development is of low severity in its files only', () => {
  const key = sample.base64(64);

  assert.equal(severityOf('phoenix-secret-key-base', key, 'config/dev.exs'), 'low');
  assert.equal(severityOf('phoenix-secret-key-base', key, 'apps/web/config/test.exs'), 'low');
  assert.equal(severityOf('phoenix-secret-key-base', key, 'config/config.exs'), 'high');
});

function severityOf(id: string, secret: string, place: string): string {
  return judgeSeverity(rules.get(id)!, secret, place).severity;
}
