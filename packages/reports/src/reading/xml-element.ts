/** An element of a report in XML, without the prefixes of its names. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text and that of its CDATA sections, without that of its children. */
  readonly text: string;
  /** How much of its parent's text stands before it. */
  readonly at: number;
}

/** The children of this name, or of all names, below the path. */
export function childrenAt(element: XmlElement | undefined, ...path: readonly string[]): readonly XmlElement[] {
  let found: readonly XmlElement[] = element ? [element] : [];
  for (const name of path) {
    const below: XmlElement[] = [];
    for (const { children } of found) for (const child of children) if (child.name === name) below.push(child);
    found = below;
  }
  return found;
}

/** The first element at the path. */
export function childAt(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = found && findChild(found, name);
  return found;
}

function findChild({ children }: XmlElement, name: string): XmlElement | undefined {
  for (const child of children) if (child.name === name) return child;
  return undefined;
}

/** The text of the first element at the path, without white space and NUL around it; an empty one is none. */
export function childText(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childAt(element, ...path)?.text.trim() || undefined;
}

/** The texts of all elements at the path. */
export function childTexts(element: XmlElement | undefined, ...path: readonly string[]): string[] {
  const texts: string[] = [];
  for (const child of childrenAt(element, ...path)) {
    const text = child.text.trim();
    if (text !== '') texts.push(text);
  }
  return texts;
}

/** The text of an element and of all below it, a line for each; undefined when there is none. */
export function deepText(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const texts = [element.text.trim().replaceAll(/(?<!\s)\s*\n\s*/g, ' '), ...element.children.map(deepText)];
  return texts.filter((text) => text !== undefined && text !== '').join('\n') || undefined;
}

/** An attribute; an empty one is none. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes[name]?.trim() || undefined;
}

/** The text of an element with that of all elements in it, as it is read: that of descriptions with markup. */
export function wholeText(element: XmlElement | undefined): string | undefined {
  return element && (readWhole(element).trim() || undefined);
}

function readWhole({ text, children }: XmlElement): string {
  if (children.length === 0) return text;
  const parts = children.map((child, index) => text.slice(children[index - 1]?.at ?? 0, child.at) + (readWhole(child) || '\n'));
  return parts.join('') + text.slice(children.at(-1)!.at);
}
