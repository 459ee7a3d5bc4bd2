import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'url-password',
    title: 'Password in a URL',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['://'],
    expression:
      /:\/\/[^\s:/?#"'<>`()[\]{}|\\,;]{0,80}:(?<quote>)(?<secret>[^\s:/?#@"'<>`()[\]{}|\\,;$*][^\s/?#"'<>`[\]{}|\\]{2,150})@(?:[A-Za-z0-9](?!\.)[\w.-]{1,200}|\[[0-9A-Fa-f:.]+\])/,
    reach: 480,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
    rotation: {
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      steps: [
        'Change the password of that user at the host in the URL.',
        'Look in the logs of that host for log-ins you do not know.',
        'Keep the URL without the password in the configuration, and the password in a secret store.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DATABASE_URL=postgres://app:${sample.alnum(14)}7@db.internal:5432/app`,
        (sample) => `mongodb+srv://root:${sample.alnum(12)}3%21@cluster0.abcde.mongodb.net/?retryWrites=true`,
        (sample) => `https://app:${sample.alnum(8)}@${sample.digits(3)}!@db.internal/app`,
        (sample) => `redis://:${sample.hex(40)}@cache-1:6379/0`,
        (sample) => `url = "https://deploy:${sample.alnum(20)}@git.internal/o/r.git"`,
      ],
      misses: [
        () => 'postgres://user:password@localhost/db',
        () => 'amqp://${USER}:${PASSWORD}@rabbit:5672',
        () => 'https://user:<password>@host/path',
        () => 'http://localhost:8080/@scope/package',
        () => 'ssh://git@github.com:22/o/r.git',
      ],
    },
  },
];
