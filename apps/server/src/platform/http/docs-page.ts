import type { JsonObject } from '@deployguard/contracts';

/** The reference as one page of plain HTML: no script, no font, nothing from elsewhere, so it reads the same in a closed network. */
export function buildDocsPage(document: JsonObject): string {
  const { info, paths, components } = document as unknown as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const tags = [...new Set(operations.map(({ tags }) => tags[0] ?? 'Other'))].sort();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header><h1>${escape(info.title)} <small>${escape(info.version)}</small></h1>
<p>${escape(info.description)} For programs: <a href="/openapi.json">openapi.json</a>.</p>
<nav>${tags.map((tag) => `<a href="#${anchor(tag)}">${escape(tag)}</a>`).join(' ')} <a href="#schemas">Schemas</a></nav></header>
<main>
${tags
  .map((tag) =>
    buildSection(
      tag,
      operations.filter((operation) => operation.tags[0] === tag),
    ),
  )
  .join('\n')}
<section id="schemas"><h2>Schemas</h2>
${Object.entries(components.schemas)
  .map(([name, schema]) => `<details id="schema-${anchor(name)}"><summary>${escape(name)}</summary>${buildCode(schema)}</details>`)
  .join('\n')}
</section>
</main>
</body>
</html>
`;
}

interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>
  >;
}

function buildSection(
  tag: string,
  operations: readonly (DocumentedOperation & { readonly method: string; readonly path: string })[],
): string {
  return `<section id="${anchor(tag)}"><h2>${escape(tag)}</h2>
${operations.map((operation) => buildOperation(operation)).join('\n')}
</section>`;
}

function buildOperation(operation: DocumentedOperation & { readonly method: string; readonly path: string }): string {
  const scope = Object.values(operation.security[0] ?? {}).flat()[0];
  return `<details id="${operation.operationId}">
<summary><code class="method ${operation.method.toLowerCase()}">${operation.method}</code> <code>${escape(operation.path)}</code> ${escape(operation.summary)}</summary>
<p>${scope === undefined ? 'Needs no credentials.' : `Needs the scope <code>${escape(scope)}</code>.`}</p>
${buildTable(
  'Parameters',
  (operation.parameters ?? []).map(({ name, in: place, required, schema }) => [
    `<code>${escape(name)}</code>`,
    `${place}${required ? ', required' : ''}`,
    buildSchema(schema),
  ]),
)}${buildTable(
    'Body',
    Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => [escape(type), buildSchema(schema)]),
  )}
${buildTable(
  'Answers',
  Object.entries(operation.responses).map(([status, { description, content }]) => [
    `<code>${status}</code>`,
    escape(description),
    Object.entries(content ?? {})
      .map(([type, { schema }]) => `${escape(type)} ${buildSchema(schema)}`)
      .join('<br>'),
  ]),
)}
</details>`;
}

function buildTable(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return `<h3>${title}</h3><table>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`;
}

function buildSchema(schema: unknown): string {
  const reference = (schema as { $ref?: string }).$ref?.split('/').at(-1);
  return reference === undefined
    ? `<code>${escape(JSON.stringify(schema))}</code>`
    : `<a href="#schema-${anchor(reference)}">${escape(reference)}</a>`;
}

function buildCode(schema: unknown): string {
  const text = escape(JSON.stringify(schema, null, 2));
  const linked = text.replace(/#\/components\/schemas\/(\w+)/g, (_, name: string) => `<a href="#schema-${anchor(name)}">${name}</a>`);
  return `<pre>${linked}</pre>`;
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
nav a { margin-right: 1rem; }
details { border: 1px solid #8884; border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid #8884; padding: .25rem .75rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
pre { overflow-x: auto; }
.method { border-radius: 4px; color: #fff; display: inline-block; min-width: 4rem; text-align: center; background: #0b62b8; }
.post { background: #1d7a3d; } .patch { background: #8a5a00; } .delete { background: #b02a2a; }
`;
