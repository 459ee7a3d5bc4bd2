import type { Component } from './component.ts';

/** Which distribution an image is of, as its os-release says (https://www.freedesktop.org/software/systemd/man/latest/os-release.html). */
export interface Distribution {
  /** `debian`, `alpine` … */
  readonly id: string;
  /** `12`. */
  readonly version?: string;
}

const name = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/;

export function readOsRelease(text: string): Distribution | undefined {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const match = /^([A-Z_]+)=(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9._-]*))\s*$/.exec(line);
      return match === null ? [] : [[match[1]!, match[2] ?? match[3] ?? match[4] ?? ''] as const];
    }),
  );
  const [id, version] = [values.get('ID'), values.get('VERSION_ID')];
  if (id === undefined || !/^[a-z0-9._-]{1,64}$/.test(id)) return undefined;
  return version !== undefined && name.test(version) ? { id, version } : { id };
}

/** The packages that dpkg says are installed (https://manpages.debian.org/dpkg-query). */
export function readDpkgStatus(text: string, distribution: Distribution | undefined): Component[] {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const fields = readFields(paragraph, /^([A-Za-z-]+):(.*)$/);
    if (fields.get('status')?.endsWith(' installed') !== true) return [];
    return toComponent('deb', distribution ?? { id: 'debian' }, fields.get('package'), fields.get('version'), fields.get('architecture'));
  });
}

/** The packages that apk has installed (https://wiki.alpinelinux.org/wiki/Apk_spec). */
export function readApkDatabase(text: string, distribution: Distribution | undefined): Component[] {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const fields = readFields(paragraph, /^([PVA]):(.*)$/);
    return toComponent('apk', distribution ?? { id: 'alpine' }, fields.get('p'), fields.get('v'), fields.get('a'));
  });
}

function readFields(paragraph: string, field: RegExp): Map<string, string> {
  return new Map(
    paragraph.split('\n').flatMap((line) => {
      const match = field.exec(line);
      return match === null ? [] : [[match[1]!.toLowerCase(), match[2]!.trim()] as const];
    }),
  );
}

function toComponent(
  type: 'deb' | 'apk',
  { id, version: release }: Distribution,
  found: string | undefined,
  version: string | undefined,
  architecture: string | undefined,
): Component[] {
  if (found === undefined || !name.test(found) || version === undefined || !/^[A-Za-z0-9.+~:_-]{1,128}$/.test(version)) return [];
  const qualifiers = {
    ...(architecture !== undefined && name.test(architecture) && { arch: architecture }),
    distro: release === undefined ? id : `${id}-${release}`,
  };
  return [{ type, name: `${id}/${found}`, version, qualifiers }];
}
