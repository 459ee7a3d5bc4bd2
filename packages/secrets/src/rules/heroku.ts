import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

const rotation = {
  url: 'https://dashboard.heroku.com/account',
  steps: [
    'Regenerate the API key on the linked page, or revoke the authorization with `heroku authorizations:revoke`.',
    'Review the activity of every app: releases, config vars that were read, collaborators.',
    'Rotate the config vars of the apps: whoever held the key could read them.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'heroku-api-token',
    title: 'Heroku API token',
    provider: 'Heroku',
    severity: 'critical',
    precision: 'exact',
    keywords: ['HRKU-'],
    expression: token(`HRKU-(?:[\\w-]{60}|${uuid})`),
    minEntropy: 3,
    source: 'https://devcenter.heroku.com/articles/authentication',
    rotation,
    examples: {
      matches: [(sample) => `HEROKU_API_KEY=HRKU-AA${sample.base64url(58)}`, (sample) => `Authorization: Bearer HRKU-${sample.uuid()}`],
      misses: [
        () => `HEROKU_API_KEY=HRKU-AA${'x'.repeat(58)}`,
        (sample) => `HRKU-AA${sample.alnum(20)}`,
        () => 'HRKU-00000000-0000-0000-0000-000000000000',
      ],
    },
  },
  {
    id: 'heroku-api-key',
    title: 'Heroku API key (older form)',
    provider: 'Heroku',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['heroku'],
    expression: assigned(credentialsOf('heroku'), uuid),
    minEntropy: 3,
    source: 'https://devcenter.heroku.com/articles/authentication',
    rotation,
    examples: {
      matches: [
        (sample) => `HEROKU_API_KEY=${sample.uuid()}`,
        (sample) => `heroku_api_key: "${sample.uuid()}"`,
        (sample) => `Heroku.new(token: '${sample.uuid()}')`,
      ],
      misses: [
        (sample) => `heroku_app_id=${sample.uuid()}`,
        () => 'HEROKU_API_KEY=00000000-0000-0000-0000-000000000000',
        () => 'HEROKU_API_KEY=${{ secrets.HEROKU_API_KEY }}',
      ],
    },
  },
];
