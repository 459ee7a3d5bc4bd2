import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LabelledValue, Sample, ScopeCategory } from './sample.ts';
import { scopeOf } from './scope-of.ts';

interface Snapshot {
  readonly messages: readonly { readonly range: readonly [number, number]; readonly messageId: string }[];
}

/** Rules that are about something else than a value. */
const policies = /rule-(?:example|internal-test|filter-comments|no-dotenv|no-homedir|no-k8s-kind-secret|pattern|preset)/;

/** Inputs of the snapshot tests of secretlint's rules, with the ranges they report. Snapshots that change a rule's options are left out. */
export function readSecretlint(root: string): Sample[] {
  return globSync('packages/@secretlint/secretlint-rule-*/test/snapshots/**/output.json', { cwd: root })
    .filter((path) => !policies.test(path) && !path.includes('/options.'))
    .sort()
    .flatMap((path) => readSnapshot(root, dirname(path)));
}

function readSnapshot(root: string, folder: string): Sample[] {
  const inputs = globSync('{input,input.*}', { cwd: join(root, folder) });
  if (inputs.length !== 1 || /"options"/.test(readOptional(join(root, folder, '.secretlintrc.json')))) return [];
  const { messages } = JSON.parse(readFileSync(join(root, folder, 'output.json'), 'utf8')) as Snapshot;
  const content = readFileSync(join(root, folder, inputs[0]!));
  const text = content.toString('utf8');
  const kind = /secretlint-rule-([\w-]+)/.exec(folder)![1]!;
  const values = messages.map(({ range: [from, to], messageId }): LabelledValue => {
    const start = Buffer.byteLength(text.slice(0, from));
    const end = start + Buffer.byteLength(text.slice(from, to));
    const value = content.toString('latin1', start, end);
    const outOfScope = categoryOf(messageId) ?? scopeOf(value);
    return { value, start, end, kind, ...(outOfScope ? { outOfScope } : {}) };
  });
  return [{ id: folder.replace('packages/@secretlint/', ''), kind, path: inputs[0]!, content, label: values }];
}

function categoryOf(messageId: string): ScopeCategory | undefined {
  return /(?:Account|Tenant|Client)ID$/i.test(messageId) ? 'identifier' : undefined;
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
