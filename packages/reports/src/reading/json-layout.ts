/**
 * Where entries stand in a JSON report, and which members around them are needed to understand them.
 *
 * Paths begin at `$`, each value of the report; `.name` is a member, `{}` any member, `[]` each item. An entry path `$` means that each
 * value of the report is an entry, one a line as a rule.
 */
export interface JsonLayout {
  readonly entries: readonly string[];
  /** Members of what leads to entries: `$.Results[].Target`. They are there for an entry even if they stand behind it. */
  readonly context?: readonly string[];
  /** Values that entries refer to and that may stand anywhere. The report is read twice for them. */
  readonly tables?: readonly string[];
  /** Set where a report has it otherwise than the scanner writes it. */
  readonly nesting?: JsonNesting | undefined;
}

/**
 * What other programs make of a report on its way: `listed`, each value is a list of what the scanner writes one after the other (`jq -s`), or
 * of whole reports; `unlisted`, what the scanner writes as a list stands one after the other (`jq '.[]'`).
 */
export type JsonNesting = 'listed' | 'unlisted';

/** Whether each value of the report is an entry: where the next one begins is known only when this one has been parsed. */
export function isSequence({ entries, nesting }: JsonLayout): boolean {
  return nesting === 'listed' ? false : entries.includes(nesting === 'unlisted' ? '$[]' : '$');
}

/** One step on the way to entries. */
export interface LayoutNode {
  /** The path, where entries are. */
  entry: string | undefined;
  items: LayoutNode | undefined;
  anyMember: LayoutNode | undefined;
  readonly members: Map<string, LayoutNode>;
  /** Members that are kept for the entries below. */
  readonly wanted: Set<string>;
}

/** The node of the report's values. */
export function buildLayoutTree({ entries, context = [], nesting }: JsonLayout): LayoutNode {
  const value = createNode();
  const root = nesting === 'listed' ? (value.items = createNode()) : createNode();
  for (const path of entries) descend(root, splitPath(path)).entry = path;
  for (const path of context) {
    const steps = splitPath(path);
    descend(root, steps.slice(0, -1)).wanted.add(steps.at(-1)!.slice(1));
  }
  if (nesting === 'listed') return value;
  return nesting === 'unlisted' ? (root.items ?? value) : root;
}

/** `$.a[].b` → `.a`, `[]`, `.b`. */
export function splitPath(path: string): string[] {
  return path.slice(1).match(/\[\]|\{\}|\.[^.[{]+/g) ?? [];
}

function descend(from: LayoutNode, steps: readonly string[]): LayoutNode {
  let node = from;
  for (const step of steps) {
    if (step === '[]') node = node.items ??= createNode();
    else if (step === '{}') node = node.anyMember ??= createNode();
    else {
      const name = step.slice(1);
      if (!node.members.has(name)) node.members.set(name, createNode());
      node = node.members.get(name)!;
    }
  }
  return node;
}

function createNode(): LayoutNode {
  return { entry: undefined, items: undefined, anyMember: undefined, members: new Map(), wanted: new Set() };
}
