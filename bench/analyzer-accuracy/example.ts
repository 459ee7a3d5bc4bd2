/** What is compared, in the order in which it is printed. */
export const fields = [
  'language',
  'framework',
  'packageManager',
  'installCommand',
  'buildCommand',
  'startCommand',
  'staticOutput',
  'port',
] as const;

export type Field = (typeof fields)[number];

/** An example of a set, with what the set says of it. */
export interface Example {
  readonly name: string;
  readonly folder: string;
  /** A field that is absent is not said. */
  readonly said: Readonly<Partial<Record<Field, string>>>;
  /** Why a field is not compared: somebody set it, nothing inferred it. */
  readonly leftOut: Readonly<Partial<Record<Field, string>>>;
}

export interface ExampleSet {
  readonly name: string;
  readonly examples: readonly Example[];
  /** Examples of which the set says nothing that could be compared, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** The server of files or of PHP that a set brings with its image, as a command: what counts is the folder. */
export const serveFiles = 'serve-files';
export const servePhp = 'serve-php';

/** Those of docs/analyzer.md. Examples in others are counted, and once more without them. */
const knownLanguages = ['node', 'deno', 'python', 'go', 'ruby', 'php', 'java', 'dotnet', 'rust', 'elixir', 'shell', 'static'];

export function isOfOtherLanguage({ said }: Example): boolean {
  return said.language !== undefined && !knownLanguages.includes(said.language);
}
