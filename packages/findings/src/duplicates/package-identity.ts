import type { ReportedPackage } from '../reported-finding.ts';

/** What two tools agree on when they mean the same package. */
export interface PackageIdentity {
  readonly name: string;
  readonly version: string | undefined;
  /** Installed by the operating system: an image or host has it once, wherever tools say that they saw it. */
  readonly isOfSystem: boolean;
}

export function identifyPackage(pkg: ReportedPackage): PackageIdentity {
  const parsed = pkg.purl === undefined ? undefined : parsePurl(pkg.purl);
  const type = parsed?.type ?? pkg.ecosystem?.toLowerCase() ?? '';
  const version = pkg.version ?? parsed?.version;
  return {
    name: parsed ? nameOf(parsed) : plain(pkg.name),
    version: version?.replace(/^v(?=\d)/, ''),
    isOfSystem: systemTypes.test(type),
  };
}

interface Purl {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string | undefined;
}

/** https://github.com/package-url/purl-spec: `pkg:type/namespace/name@version?qualifiers#subpath`. Undefined when it is none. */
function parsePurl(purl: string): Purl | undefined {
  const match = /^pkg:\/*([^/]+)\/(?:([^?#]*)\/)?([^/?#@]+)(?:@([^?#]*))?(?:[?#]|$)/i.exec(purl);
  if (!match) return undefined;
  const [, type = '', namespace = '', name = '', version] = match;
  return { type: type.toLowerCase(), namespace: decode(namespace), name: decode(name), version: version && decode(version) };
}

/** As tools write names without a package URL: `@scope/name`, `group:artifact`, `vendor/name`, and without the distribution. */
function nameOf({ type, namespace, name }: Purl): string {
  if (namespace === '' || systemTypes.test(type)) return plain(name);
  return plain(type === 'maven' ? `${namespace}:${name}` : `${namespace}/${name}`);
}

/** PyPI takes `-`, `_` and `.` for the same (PEP 503); no two packages of another index differ in these alone and share a vulnerability. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const systemTypes =
  /^(?:deb|debian|ubuntu|apk|alpine|wolfi|chainguard|rpm|redhat|rhel|centos|rocky|alma|oracle|amazon|fedora|suse|sles|opensuse|photon|mariner|azurelinux|alpm|arch)/;
