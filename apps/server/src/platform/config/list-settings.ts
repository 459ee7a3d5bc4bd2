import type { TSchema } from 'typebox';
import { ConfigSchema, type SettingNotes } from './config-schema.ts';

/** One setting and all its names. */
export interface Setting {
  /** In the file: `['http', 'port']`. */
  readonly path: readonly string[];
  /** `http.port` */
  readonly name: string;
  /** In the environment, the strongest first. */
  readonly variables: readonly string[];
  readonly schema: SettingSchema;
}

export type SettingSchema = TSchema &
  SettingNotes & {
    readonly type?: string;
    readonly description?: string;
    readonly default?: unknown;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly string[];
    readonly items?: { readonly type?: string };
  };

interface SectionSchema {
  readonly properties: Readonly<Record<string, SettingSchema & Partial<SectionSchema>>>;
}

/** All settings, in the order of the schema. */
export function listSettings(): Setting[] {
  return listSection(ConfigSchema as unknown as SectionSchema, []);
}

function listSection({ properties }: SectionSchema, above: readonly string[]): Setting[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = [...above, key];
    if (schema.properties) return listSection(schema as SectionSchema, path);
    const variables = [...(schema.variables ?? []), `DEPLOYGUARD_${path.map(toVariable).join('_')}`];
    return [{ path, name: path.join('.'), variables, schema }];
  });
}

function toVariable(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Keys that the file may have at this place; undefined where it holds no section. */
export function listKeys(path: readonly string[]): string[] | undefined {
  let at: SettingSchema & Partial<SectionSchema> = ConfigSchema as unknown as SettingSchema;
  for (const key of path) at = (Object.hasOwn(at.properties ?? {}, key) ? at.properties![key]! : {}) as typeof at;
  return at.properties && Object.keys(at.properties);
}
