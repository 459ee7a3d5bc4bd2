/** A group of an expression that has been opened. */
interface OpenGroup {
  readonly kind: 'secret' | 'look-around' | 'other';
  /** Of what stands in it. */
  readonly start: number;
  hasBranches: boolean;
}

const groupStart = /\((?:\?(?:<secret>|<?[=!]|<\w+>|[a-z-]*:))?/y;
const optional = /[?*]|\{0?,|\{0\}/y;
const refersBack = /\\(?:[1-9]|k<)/;

/**
 * The part of an expression that its group `secret` is, as an expression of its own: whatever the whole matches holds something that this one
 * matches, and it is compiled much sooner. `undefined` where there may be a match without it.
 */
export function findSecretForm({ source, flags }: RegExp): RegExp | undefined {
  const open: OpenGroup[] = [{ kind: 'other', start: 0, hasBranches: false }];
  let form: string | undefined;
  /** Those that the secret stands in; none may be left out. */
  let around: readonly OpenGroup[] = [];
  for (let at = 0; at < source.length; at++) {
    switch (source[at]) {
      case '\\':
        at++;
        break;
      case '[':
        at = findClassEnd(source, at);
        break;
      case '|':
        open.at(-1)!.hasBranches = true;
        break;
      case '(': {
        groupStart.lastIndex = at;
        const start = groupStart.exec(source)![0];
        open.push({ kind: kindOf(start), start: at + start.length, hasBranches: false });
        at += start.length - 1;
        break;
      }
      case ')': {
        const group = open.pop()!;
        const isSecret = group.kind === 'secret';
        if (isSecret && form !== undefined) return undefined;
        optional.lastIndex = at + 1;
        if ((isSecret || around.includes(group)) && optional.test(source)) return undefined;
        if (!isSecret) break;
        form = source.slice(group.start, at);
        around = [...open];
      }
    }
  }
  const isLeftOut = around.some(({ kind, hasBranches }) => hasBranches || kind === 'look-around');
  return form === undefined || isLeftOut || refersBack.test(form) ? undefined : new RegExp(form, flags.replaceAll(/[^is]/g, ''));
}

function kindOf(groupStart: string): OpenGroup['kind'] {
  if (groupStart === '(?<secret>') return 'secret';
  return /[=!]$/.test(groupStart) ? 'look-around' : 'other';
}

/** Where the class that begins at `at` ends. */
function findClassEnd(source: string, at: number): number {
  let end = at + 1;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return end;
}
