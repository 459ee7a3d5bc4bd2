import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifySecret } from './classify-secret.ts';

test('what a rule finds is of one of a few sorts', () => {
  const sorts = Object.fromEntries(
    [
      'generic-password',
      'url-password',
      'generic-api-key',
      'stripe-secret-key',
      'aws-access-key-id',
      'github-personal-access-token',
      'json-web-token',
      'slack-session-cookie',
      'private-key-encrypted',
      'java-keystore',
      'private-key-jwk',
      'connection-string-account-key',
      'twitch-credential',
    ].map((ruleId) => [ruleId, classifySecret(ruleId)]),
  );

  assert.deepEqual(sorts, {
    'generic-password': 'password',
    'url-password': 'password',
    'generic-api-key': 'api_key',
    'stripe-secret-key': 'api_key',
    'aws-access-key-id': 'api_key',
    'github-personal-access-token': 'token',
    'json-web-token': 'token',
    'slack-session-cookie': 'token',
    'private-key-encrypted': 'private_key',
    'java-keystore': 'private_key',
    'private-key-jwk': 'private_key',
    'connection-string-account-key': 'connection_string',
    'twitch-credential': 'secret',
  });
});
