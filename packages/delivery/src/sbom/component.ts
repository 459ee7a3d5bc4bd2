/** A package that an application is made with, as its lock file, or the distribution in its image, names it. */
export interface Component {
  /** As https://github.com/package-url/purl-spec calls kinds of packages. */
  readonly type: 'npm' | 'pypi' | 'golang' | 'cargo' | 'composer' | 'gem' | 'hex' | 'maven' | 'nuget' | 'deb' | 'apk';
  /** With the namespace that it is known in, such as `debian/curl`. */
  readonly name: string;
  readonly version: string;
  /** What its archive must hash to, in hexadecimal. */
  readonly hashes?: readonly { readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'; readonly content: string }[];
  /** What tells it from others of this name and version: `arch`, `distro`. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** Only for whoever works on the application. */
  readonly isDevelopment?: boolean;
}

/** Reads a lock file. What is broken gives nothing; it throws, or leaves entries out. */
export type LockFileReader = (text: string) => Component[];

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listRecords(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 512 ? value : undefined;
}
