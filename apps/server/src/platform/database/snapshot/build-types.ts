import type { ColumnDescription, TableDescription } from './describe-schema.ts';

/** The Kysely types of the tables, as the text of `schema.ts`. */
export function buildTypes(tables: readonly TableDescription[]): string {
  return [
    '// Made from the migrations by `npm run schema --workspace @deployguard/server`; a test compares.',
    "import type { ColumnType } from 'kysely';",
    '',
    '/** The database fills it in when an insert does not. */',
    'type Generated<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;',
    'type Timestamp = ColumnType<Date, Date | string, Date | string>;',
    '/** Written as JSON text: the driver would turn arrays into arrays of PostgreSQL. */',
    'type Json = ColumnType<unknown, string, string>;',
    '',
    '/** Every table, under its name in the database. */',
    'export interface Schema {',
    ...tables.map(({ name }) => `  ${name}: ${toTypeName(name)};`),
    '}',
    ...tables.flatMap((table) => [
      '',
      `export interface ${toTypeName(table.name)} {`,
      ...table.columns.map((column) => `  ${column.name}: ${typeOf(column, table)};`),
      '}',
    ]),
    '',
  ].join('\n');
}

function toTypeName(table: string): string {
  return `${table.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Table`;
}

function typeOf(column: ColumnDescription, table: TableDescription): string {
  const type = listAllowedValues(column, table) ?? baseTypeOf(column.type);
  const full = column.isNullable ? `${type} | null` : type;
  return column.hasDefault && !column.isNullable ? `Generated<${full}>` : full;
}

/** `check (status in ('a', 'b'))` comes back as `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))`, with more casts for varchar. */
function listAllowedValues(column: ColumnDescription, table: TableDescription): string | undefined {
  for (const check of table.checks) {
    const list = new RegExp(
      `CHECK \\(\\(\\(*${column.name}\\)?(?:::text)? = (?:ANY \\(\\(*ARRAY\\[([^\\]]*)\\]|('[^']*'::text)\\)\\)$)`,
    ).exec(check);
    const values = (list?.[1] ?? list?.[2])?.match(/'[^']*'/g);
    if (values) return values.join(' | ');
  }
  return undefined;
}

const typeByColumnType: Readonly<Record<string, string>> = {
  uuid: 'string',
  text: 'string',
  'character varying': 'string',
  character: 'string',
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  real: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  bytea: 'Buffer',
  json: 'Json',
  jsonb: 'Json',
  'timestamp with time zone': 'Timestamp',
};

function baseTypeOf(type: string): string {
  const isArray = type.endsWith('[]');
  const base = typeByColumnType[type.replace(/\[\]$/, '').replace(/\(\d+\)$/, '')];
  if (base === undefined) throw new Error(`There is no TypeScript type for columns of type ${type}: add it to build-types.ts.`);
  return isArray ? `${base}[]` : base;
}
