/** Folders of what was installed or made by a tool, and of tools themselves. */
const foreign = new Set(
  '.git .hg .svn node_modules bower_components vendor .venv venv site-packages __pycache__ .tox .next .nuxt .svelte-kit .gradle .idea .vscode .yarn .terraform _build deps target Pods'.split(
    ' ',
  ),
);

/** Folders of tests, samples and texts: code in them is not what is deployed. */
const secondary =
  /^(?:__tests__|__mocks__|tests?|specs?|e2e|cypress|fixtures?|testdata|mocks?|examples?|samples?|demos?|docs?|documentation|benchmarks?|bench|stories|\.github|\.storybook|templates?|cookbook|playground|[\w-]{1,60}[-_](?:recipes|examples|samples))$/i;

/** Whether files in a folder of this name come from others than the application's authors. */
export function isForeignFolder(name: string): boolean {
  return foreign.has(name);
}

/** Whether a folder of this name holds tests, examples or texts. */
export function isSecondaryFolder(name: string): boolean {
  return secondary.test(name);
}
