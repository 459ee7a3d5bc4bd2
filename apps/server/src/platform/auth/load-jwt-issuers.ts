import { readFile } from 'node:fs/promises';
import type { Config } from '../config/index.ts';
import type { JwtIssuer } from './jwt.ts';

type IssuerSettings = Config['auth']['jwtIssuers'][number];

/** The issuers of the settings, with the keys that stand in files. */
export async function loadJwtIssuers(settings: readonly IssuerSettings[]): Promise<JwtIssuer[]> {
  return Promise.all(settings.map(loadJwtIssuer));
}

export async function loadJwtIssuer({ jwksUrl, publicKeyFile, secretFile, ...issuer }: IssuerSettings): Promise<JwtIssuer> {
  return { ...issuer, key: await loadKey({ jwksUrl, publicKeyFile, secretFile }) };
}

type KeySettings = { [Name in 'jwksUrl' | 'publicKeyFile' | 'secretFile']: string | undefined };

/** The settings have been checked: exactly one is there. */
async function loadKey({ jwksUrl, publicKeyFile, secretFile }: KeySettings): Promise<JwtIssuer['key']> {
  if (jwksUrl !== undefined) return { kind: 'jwks', url: jwksUrl };
  if (publicKeyFile !== undefined) return { kind: 'public', pem: await readFile(publicKeyFile, 'utf8') };
  // The line break at the end is the editor's.
  return { kind: 'shared', secret: (await readFile(secretFile!, 'utf8')).trimEnd() };
}
