import type { Loose } from './formats/format.ts';
import type { ReportedPackage } from '@deployguard/findings';

/**
 * The package that a package URL names (https://github.com/package-url/purl-spec): `pkg:npm/%40scope/name@1.0.0?arch=x#path`. What is no
 * package URL is taken for a name.
 */
export function parsePurl(text: string | undefined): Loose<ReportedPackage> {
  const parts = /^pkg:\/*([\w.+-]+)\/([^@?#]+)(?:@([^?#]*))?/.exec(text ?? '');
  if (!parts) return { name: text };
  const [purl, ecosystem, name = '', version] = parts;
  return { purl: text ?? purl, ecosystem: ecosystem?.toLowerCase(), name: decode(name), version: version && decode(version) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
