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
    expression: token('eyJ[A-Za-z0-9_\\-]{10,600}\\.eyJ[A-Za-z0-9_\\-]{10,3000}\\.[A-Za-z0-9_\\-]{16,700}={0,2}'),
    reach: 4400,
    isValid: isSignedToken,
    // The subject of the token that jwt.io shows, and nearly every tutorial with it.
    notSecrets: [/\.eyJzdWIiOiIxMjM0NTY3ODkw/],
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
