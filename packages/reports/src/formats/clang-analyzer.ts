import { lineAt } from '../reading/read-field.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Format, Reading } from './format.ts';

const files = '/plist/dict/array/string';

/**
 * Property lists of the Clang Static Analyzer (`-analyzer-output plist`), and of others that CodeChecker turned into such. Nothing in them is
 * rated.
 */
export const clangAnalyzer: Format = {
  id: 'clang-analyzer',
  name: 'Clang Static Analyzer',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'plist' &&
        outline.matches('/plist/dict/key', /^diagnostics$/) &&
        (outline.matches('/plist/dict/key', /^files$/) || outline.matches('/plist/dict/key', /^clang_version$/)),
      layout: { entries: ['/plist/dict/array/dict'], tables: [files] },
      read: readDiagnostic,
    },
  ],
};

function readDiagnostic({ element, tables }: XmlEntry): Reading {
  const diagnostic = readDictionary(element);
  const text = (name: string): string | undefined => diagnostic.get(name)?.text.trim() || undefined;
  const location = readDictionary(diagnostic.get('location'));
  const file = Number(location.get('file')?.text ?? Number.NaN);
  return {
    kind: text('category') === 'Dead store' ? 'quality' : 'weakness',
    rule: { id: text('check_name') ?? text('type'), name: text('type') },
    title: text('description') ?? text('type'),
    description: text('category'),
    location: {
      path: tables.get(files)?.at(file)?.text.trim(),
      line: lineAt(location.get('line')?.text),
      column: lineAt(location.get('col')?.text),
      resource: text('issue_context'),
    },
    // Of the checker, the function and the text of the line.
    identity: text('issue_hash_content_of_line_in_context'),
  };
}

/** What stands behind each key. */
function readDictionary(element: XmlElement | undefined): ReadonlyMap<string, XmlElement> {
  const values = new Map<string, XmlElement>();
  let key: string | undefined;
  for (const child of element?.children ?? []) {
    if (key !== undefined) values.set(key, child);
    key = child.name === 'key' ? child.text.trim() : undefined;
  }
  return values;
}
