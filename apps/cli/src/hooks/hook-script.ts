import { hookNames, type HookName } from './hook-names.ts';

/** By this line we know a hook as ours. */
const marker = '# deployguard hook 1:';

/** Where a hook that was there before us is kept; ours runs it first. */
export const previousSuffix = '.before-deployguard';

export function isOurHook(script: string): boolean {
  return script.includes(marker);
}

/** Whether nobody wrote anything into a hook of ours: all that differs from machine to machine is which program it starts. */
export function isAsInstalled(script: string): boolean {
  const withoutProgram = (text: string): string => text.replaceAll(/^(node|launcher)='.*'$/gm, '$1');
  return hookNames.some((hook) => withoutProgram(buildHookScript(hook, { node: '', launcher: '' })) === withoutProgram(script));
}

/** A hook that runs what was there before, then us; when we are gone it stops git and says why, because a silent gap is worse. */
export function buildHookScript(hook: HookName, { node, launcher }: { readonly node: string; readonly launcher: string }): string {
  return `#!/bin/sh
${marker} installed by \`deployguard hooks install\`, removed by \`deployguard hooks uninstall\`.
previous="$0${previousSuffix}"
node=${quote(node)}
launcher=${quote(launcher)}

${hook === 'pre-push' ? passInputOn : runDirectly(hook)}`;
}

const findProgram = `if [ -x "$node" ] && [ -f "$launcher" ]; then
  set -- "$node" "$launcher" hooks run`;

const reportMissing = `  echo "deployguard: the program that this hook starts is gone. Install it again, or delete $0." >&2
  exit 1
fi
`;

function runDirectly(hook: HookName): string {
  return `if [ -x "$previous" ]; then
  "$previous" "$@" || exit $?
fi
${findProgram} ${hook} "$@"
elif command -v deployguard >/dev/null 2>&1; then
  set -- deployguard hooks run ${hook} "$@"
else
${reportMissing}exec "$@"
`;
}

/** Both hooks need what git writes to standard input; \`x\` keeps its last line end through the substitution. */
const passInputOn = `input=$(cat; printf x)
input=\${input%x}
if [ -x "$previous" ]; then
  printf '%s' "$input" | "$previous" "$@" || exit $?
fi
${findProgram} pre-push "$@"
elif command -v deployguard >/dev/null 2>&1; then
  set -- deployguard hooks run pre-push "$@"
else
${reportMissing}printf '%s' "$input" | "$@"
`;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
