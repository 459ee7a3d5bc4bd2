import type { SourceFile } from './project.ts';

interface Named {
  readonly variable: string;
  readonly index: number;
}

/** The classes of pydantic-settings in all files, with those that are made of them (https://docs.pydantic.dev/latest/concepts/pydantic_settings/). */
export function findSettingsClasses(sources: readonly SourceFile[]): ReadonlySet<string> {
  const known = new Set(['BaseSettings']);
  const classes = sources.flatMap(({ path, text }) =>
    path.endsWith('.py') && text.includes('class ') ? [...text.matchAll(/^class\s{1,9}(\w{1,80})\(([^()\n]{1,200})\):/gm)] : [],
  );
  // A class may stand in a file that comes before the one of its base.
  for (let round = 0; round < 3; round++)
    for (const [, name, bases] of classes) if (bases!.split(/[\s,.]+/).some((base) => known.has(base))) known.add(name!);
  return known;
}

/** The variables that the fields of such classes are read from. */
export function listSettingsFields(text: string, classes: ReadonlySet<string>): Named[] {
  const found: Named[] = [];
  for (const head of text.matchAll(/^class\s{1,9}\w{1,80}\(([^()\n]{1,200})\):[^\n]*\n/gm)) {
    if (!head[1]!.split(/[\s,.]+/).some((base) => classes.has(base))) continue;
    const start = head.index + head[0].length;
    const end = text.slice(start).search(/^[^\s#]/m);
    const body = end === -1 ? text.slice(start) : text.slice(start, start + end);
    const indent = /^([ \t]{1,8})\S/m.exec(body)?.[1];
    if (indent === undefined) continue;
    const prefix = /\benv_prefix["']?\s{0,5}[=:]\s{0,5}["'](\w{0,60})["']/.exec(body)?.[1] ?? '';
    for (const field of body.matchAll(new RegExp(`^${indent}([A-Za-z]\\w{0,80})\\s{0,5}:\\s{0,5}([^\\n]{1,300})$`, 'gm'))) {
      const [, name, rest] = field;
      if (name === 'model_config' || /^(?:ClassVar|type\[)|^\w*(?:Settings|Config)\b/.test(rest!)) continue;
      const alias = /\b(?:alias|validation_alias|env)\s{0,5}=\s{0,5}["'](\w{1,80})["']/.exec(rest!)?.[1];
      found.push({ variable: alias ?? `${prefix}${name!}`.toUpperCase(), index: start + field.index + indent.length });
    }
  }
  return found;
}

/** Whole objects that the variables are checked against: `PORT: port()` for envalid, `PORT: z.string()` for zod. */
export function listSchemaKeys(text: string): Named[] {
  if (
    !/\b(?:cleanEnv|parse|safeParse|validate|validateSync|createEnv|envSchema)\(\s{0,9}(?:\{[^{}]{0,200}?\bdata:\s{0,5})?process\.env\b(?!\.)/.test(
      text,
    )
  )
    return [];
  return [...text.matchAll(/^[ \t]{1,20}([A-Z][A-Z0-9_]{1,127}):\s{0,20}[\w$.]{1,40}\s{0,20}[.(]/gm)].map((match) => ({
    variable: match[1]!,
    index: match.index + match[0].indexOf(match[1]!),
  }));
}
