import { previewSecret } from './preview.ts';

const keyLength = 4;

/**
 * Replaces secrets in repository text that goes along with findings (subjects, names, paths): a report must not say in one field what it
 * hides in another. `secrets` and texts are Latin-1; values shorter than four characters are left, they would mask half of everything.
 */
export function createMasker(secrets: Iterable<string>): (text: string) => string {
  const byStart = new Map<string, string[]>();
  for (const secret of new Set(secrets)) {
    if (secret.length < keyLength) continue;
    const start = secret.slice(0, keyLength);
    const known = byStart.get(start);
    if (known) known.push(secret);
    else byStart.set(start, [secret]);
  }
  for (const candidates of byStart.values()) candidates.sort((a, b) => b.length - a.length);

  return (text) => {
    let masked = '';
    let from = 0;
    for (let at = 0; at + keyLength <= text.length; at++) {
      const secret = byStart.get(text.slice(at, at + keyLength))?.find((candidate) => text.startsWith(candidate, at));
      if (secret === undefined) continue;
      masked += text.slice(from, at) + previewSecret(secret);
      from = at + secret.length;
      at = from - 1;
    }
    return masked + text.slice(from);
  };
}
