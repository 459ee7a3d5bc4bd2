import { listSettings } from './list-settings.ts';

/** The same text, with the environment variable of each setting that it names, where it names it first. */
export function nameVariables(text: string): string {
  const named = new Set<string>();
  return text.replaceAll(/\b[a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)?\b(?! \([A-Z])/g, (name) => {
    const variable = variablesByName().get(name);
    if (variable === undefined || named.has(name)) return name;
    named.add(name);
    return `${name} (${variable})`;
  });
}

function variablesByName(): ReadonlyMap<string, string> {
  return new Map(listSettings().map(({ name, variables }) => [name, variables[0]!]));
}
