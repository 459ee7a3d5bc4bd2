import type { SecretType } from '@deployguard/contracts';

/** Tried in this order; rules are named `<provider>-<kind>`. */
const types: readonly (readonly [RegExp, SecretType])[] = [
  [/private-key|keystore|\bjwk$/, 'private_key'],
  [/passw|passphrase|htpasswd|\bnetrc\b/, 'password'],
  [/connection-string|\bjdbc\b|\burl-/, 'connection_string'],
  [/token|bearer|cookie|session|macaroon|signature/, 'token'],
  [/key/, 'api_key'],
];

/** The sort of secret that a rule finds, for those who count and filter; which secret exactly, the rule says. */
export function classifySecret(ruleId: string): SecretType {
  return types.find(([pattern]) => pattern.test(ruleId))?.[1] ?? 'secret';
}
