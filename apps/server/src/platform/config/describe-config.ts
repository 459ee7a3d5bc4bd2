import { listSettings } from './list-settings.ts';
import type { LoadedConfig } from './load-config.ts';

/** A setting as it may be shown: secrets, and passwords inside of addresses, are not. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** Every setting that is set, with its value and where it came from. */
export function describeConfig({ config, origins }: LoadedConfig): ShownSetting[] {
  return listSettings()
    .filter(({ name }) => origins.has(name))
    .map(({ name, path, schema }) => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config);
      return { name, value: schema.isSecret ? hide(value) : JSON.stringify(withoutLogin(value)), origin: origins.get(name)! };
    });
}

/** Any address may hold a password. */
function withoutLogin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLogin);
  return typeof value === 'string' ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1') : value;
}

function hide(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length} hidden]`;
  if (typeof value !== 'string' || !URL.canParse(value)) return '[hidden]';
  const { protocol, host, pathname } = new URL(value);
  return JSON.stringify(`${protocol}//${host}${pathname}`);
}
