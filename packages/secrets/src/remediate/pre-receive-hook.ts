/**
 * A hook for the server (githooks(5), `pre-receive`): refuses every push that brings back history from before a cleaning.
 *
 * `firstChangedCommits` are enough: whatever contains an old, rewritten commit contains one of them.
 */
export function buildPreReceiveHook(firstChangedCommits: readonly string[]): string {
  const banned = [...new Set(firstChangedCommits)].sort();
  return `#!/bin/sh
# Refuses pushes that contain history from before secrets were removed from this repository.
# Install as hooks/pre-receive of the repository on the server, executable.
banned='${banned.join('\n')}'

while read -r old new ref; do
  case $new in
    *[!0]*) ;;
    *) continue ;; # a deletion brings nothing
  esac
  if git rev-list "$new" --not --all | grep -q -x -F "$banned"; then
    echo "$ref contains commits from before secrets were removed from this repository." >&2
    echo 'Clone it again, or rebase your work onto the new history.' >&2
    exit 1
  fi
done
`;
}
