/** A git setting: name and value. */
export type Setting = readonly [key: string, value: string];

export type Protocol = 'https' | 'ssh' | 'file';

export interface GitEnvironmentOptions {
  /** An empty directory of ours: what git takes for the user's home. */
  readonly homeDirectory: string;
  readonly searchPath: string;
  /** Default: none, git reaches no remote. */
  readonly protocols?: readonly Protocol[];
  readonly settings?: readonly Setting[];
  readonly extra?: Readonly<Record<string, string>>;
}

/** Where programs are looked up: the system's own directories and nothing of the user's. */
export const defaultSearchPath = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/**
 * Malformed objects that real, old histories contain and that nothing here trips over: warned about, not refused, or those histories
 * could not be cloned. Everything else that `git fsck` knows as an error is refused, above all names that overwrite `.git`.
 */
const toleratedFaults = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badFilemode',
  'badName',
  'badParentSha1',
  'badTimezone',
  'duplicateEntries',
  'emptyName',
  'extraHeaderEntry',
  'missingAuthor',
  'missingCommitter',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'missingTaggerEntry',
  'multipleAuthors',
  'nulInCommit',
  'treeNotSorted',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
] as const;

/**
 * git's whole environment, built from nothing: no settings of user, system or repository owner take part, no program is started on a
 * repository's word, nothing is asked at a terminal, no replaced, grafted or lazily fetched object is shown.
 *
 * Settings travel in `GIT_CONFIG_*`, where other users' process lists do not show them.
 */
export function buildGitEnvironment(options: GitEnvironmentOptions): Record<string, string> {
  const protocols = options.protocols ?? [];
  const settings = [...hardeningSettings(protocols), ...(options.settings ?? [])];
  return {
    PATH: options.searchPath,
    HOME: options.homeDirectory,
    XDG_CONFIG_HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    // An empty list would mean "no restriction".
    GIT_ALLOW_PROTOCOL: protocols.join(':') || 'none',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_FLUSH: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...options.extra,
  };
}

function hardeningSettings(protocols: readonly Protocol[]): Setting[] {
  return [
    ['protocol.allow', 'never'],
    ...protocols.map((protocol): Setting => [`protocol.${protocol}.allow`, 'always']),
    ['safe.bareRepository', 'explicit'],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.pager', 'cat'],
    ['core.symlinks', 'false'],
    ['core.protectHFS', 'true'],
    ['core.protectNTFS', 'true'],
    ['core.useReplaceRefs', 'false'],
    ['core.attributesFile', '/dev/null'],
    ['core.excludesFile', '/dev/null'],
    ['core.alternateRefsCommand', ''],
    ['core.bigFileThreshold', '50m'],
    // Else it maps whole packs.
    ['core.packedGitWindowSize', '16m'],
    ['core.packedGitLimit', '128m'],
    // These files of the source can be forged to hide objects from git.
    ['core.commitGraph', 'false'],
    ['core.multiPackIndex', 'false'],
    ['pack.useBitmaps', 'false'],
    ['pack.threads', '2'],
    ['index.threads', '2'],
    ['init.templateDir', ''],
    ['init.defaultBranch', 'main'],
    ['submodule.recurse', 'false'],
    ['fetch.recurseSubmodules', 'false'],
    ['transfer.fsckObjects', 'true'],
    ...['fetch', 'receive'].flatMap((area) => toleratedFaults.map((fault): Setting => [`${area}.fsck.${fault}`, 'warn'])),
    ['transfer.bundleURI', 'false'],
    ['transfer.credentialsInUrl', 'die'],
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
    ['credential.helper', ''],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['log.showSignature', 'false'],
    ['commit.gpgSign', 'false'],
    ['tag.gpgSign', 'false'],
    ['advice.detachedHead', 'false'],
  ];
}
