/** One ref that is about to be pushed. */
export interface PushedRef {
  readonly localTarget: string;
  /** What the remote has there now; absent for a ref that is new there. */
  readonly remoteTarget?: string;
  readonly isDeletion: boolean;
}

/** Reads what git gives to pre-push: `<local ref> <local id> <remote ref> <remote id>` a line, ids of zeros for what is not there (githooks(5)). */
export function parsePushedRefs(input: string): PushedRef[] {
  return input.split('\n').flatMap((line): PushedRef[] => {
    const [, localTarget, , remoteTarget] = line.split(' ');
    if (localTarget === undefined || remoteTarget === undefined) return [];
    return [{ localTarget, isDeletion: isNull(localTarget), ...(!isNull(remoteTarget) && { remoteTarget }) }];
  });
}

function isNull(oid: string): boolean {
  return /^0+$/.test(oid);
}
