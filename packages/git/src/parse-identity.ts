/** Who and when, of a commit or tag. Latin-1: one character a byte. */
export interface Identity {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970; `undefined` when there is none or it is no number. */
  readonly timeSeconds: number | undefined;
  /** As written, such as `+0200`. */
  readonly zone: string | undefined;
}

/**
 * Reads `name <e-mail> seconds zone` however it is broken, as git's `split_ident_line` does: the e-mail ends at the first `>` behind the
 * first `<`; the date stands behind the last `>`. Never throws.
 */
export function parseIdentity(bytes: Buffer): Identity {
  const text = bytes.toString('latin1', 0, bytes.length);
  const open = text.indexOf('<');
  const close = open === -1 ? -1 : text.indexOf('>', open);
  const date = /^\s*(-?\d{1,15})(?:\s+(\S+))?\s*$/.exec(text.slice(text.lastIndexOf('>') + 1));
  return {
    name: (open === -1 ? text : text.slice(0, open)).trim(),
    email: open === -1 ? '' : text.slice(open + 1, close === -1 ? undefined : close),
    timeSeconds: date && open !== -1 ? Number(date[1]) : undefined,
    zone: open === -1 ? undefined : date?.[2],
  };
}
