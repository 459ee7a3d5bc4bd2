import { token } from './forms.ts';
import type { Rotation, Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html',
  steps: [
    'Read `iss` and `exp` in its payload: they say who accepts it and until when.',
    'Have the issuer revoke it, or wait for its end when that is near.',
    'If it was signed with a shared key that may have leaked as well, change that key.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'json-web-token',
    title: 'JSON Web Token',
    provider: 'Generic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['eyJ'],
    expression: token('eyJ[A-Za-z0-9_\\-]{10,600}\\.eyJ[A-Za-z0-9_\\-]{6,3000}\\.[A-Za-z0-9_\\-]{16,700}={0,2}'),
    reach: 4400,
    isValid: isSignedToken,
    // The tokens that jwt.io shows, and nearly every tutorial with it.
    notSecrets: [
      /\.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIi(?:wi(?:aWF0IjoxNTE2MjM5MDIyfQ|YWRtaW4iOnRydWV9|YWRtaW4iOnRydWUsImlhdCI6MTUxNjIzOTAyMn0)|fQ)\./,
    ],
    source: 'https://www.rfc-editor.org/rfc/rfc7519',
    rotation,
    examples: {
      matches: [
        (sample) => `Authorization: Bearer ${aToken({ alg: 'HS256', typ: 'JWT' }, sample)}`,
        (sample) => `{"id_token":"${aToken({ kid: sample.hex(8), alg: 'RS256' }, sample)}"}`,
      ],
      misses: [
        (sample) => `eyJ${sample.base64url(30)}.eyJ${sample.base64url(60)}.${sample.base64url(43)}`,
        () => `${encode({ alg: 'HS256' })}.${encode({ sub: '1234567890', name: 'John Doe' })}.${'s'.repeat(20)}xyzXYZ0123456789`,
        (sample) => `${encode({ alg: 'none' })}.${encode({ sub: 'someone', iat: 1_700_000_000 })}.${sample.base64url(8)}`,
      ],
    },
  },
  {
    id: 'json-web-token-unsigned',
    title: 'JSON Web Token without a signature',
    provider: 'Generic',
    severity: 'low',
    precision: 'contextual',
    keywords: ['eyJ'],
    expression: token('eyJ[A-Za-z0-9_\\-]{10,600}\\.eyJ[A-Za-z0-9_\\-]{6,3000}(?:\\.(?:[A-Za-z0-9_\\-]{1,700}={0,2})?)?'),
    reach: 4400,
    isValid: isUnsignedToken,
    source: 'https://www.rfc-editor.org/rfc/rfc7519#section-6',
    rotation: {
      url: rotation.url,
      steps: [
        'See that nothing accepts tokens whose `alg` is `none`: anyone can make them.',
        'Read what its payload says: names and addresses in it are public now.',
        'Remove it if it was cut off from a token that was signed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `"${encode({ alg: 'none' })}.${encode({ sub: sample.lower(9) })}."`,
        (sample) => `token=${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: sample.lower(9) })}&x=1`,
      ],
      misses: [(sample) => aToken({ alg: 'HS256' }, sample), (sample) => `eyJ${sample.base64url(30)}.eyJ${sample.base64url(60)}`],
    },
  },
  {
    id: 'json-web-token-base64',
    title: 'JSON Web Token, encoded once more',
    provider: 'Generic',
    severity: 'medium',
    precision: 'exact',
    keywords: ['ZXlK'],
    expression: token('ZXlK[A-Za-z0-9+/_\\-]{60,5600}={0,2}'),
    reach: 5700,
    isValid: (secret) => isTokenOfJson(Buffer.from(secret, 'base64').toString('latin1')),
    source: 'https://www.rfc-editor.org/rfc/rfc7519',
    rotation,
    examples: {
      matches: [
        (sample) => `token: ${Buffer.from(aToken({ alg: 'HS256', typ: 'JWT' }, sample)).toString('base64')}`,
        (sample) => `"${Buffer.from(aToken({ kid: sample.hex(8), alg: 'RS256' }, sample)).toString('base64url')}"`,
      ],
      misses: [
        (sample) => `ZXlK${sample.base64(120)}`,
        () => Buffer.from(`${encode({ alg: 'HS256', typ: 'JWT', kid: 'a name of a key' })}.`).toString('base64'),
      ],
    },
  },
];

function isTokenOfJson(text: string): boolean {
  const [header, payload] = text.split('.').map(parseJson);
  return header !== undefined && payload !== undefined && /^[\w-]+\.[\w-]+\.[\w-]{16,}={0,2}\s*$/.test(text);
}

function isSignedToken(secret: string): boolean {
  const [header, payload] = secret.split('.').map(parseJson);
  return typeof header?.['alg'] === 'string' && header['alg'] !== 'none' && payload !== undefined;
}

function isUnsignedToken(secret: string): boolean {
  const [head, body, signature = ''] = secret.split('.');
  const [header, payload] = [head!, body!].map(parseJson);
  return typeof header?.['alg'] === 'string' && payload !== undefined && (header['alg'] === 'none' || signature === '');
}

/** A JSON object in base64url; `undefined` for anything else. */
function parseJson(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function aToken(header: object, sample: Sampler): string {
  return `${encode(header)}.${encode({ sub: sample.lower(8), iss: sample.lower(5) })}.${sample.base64url(43)}`;
}
