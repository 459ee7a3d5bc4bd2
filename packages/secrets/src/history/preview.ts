const shownCharacters = 3;
const shortestPreviewed = 16;

/**
 * First and last three characters, `abc...xyz`; nothing of values so short that six characters would give much away.
 * An armoured key shows its first line, which is no secret and says what it is.
 */
export function previewSecret(latin1: string): string {
  const armour = /^-----BEGIN [A-Z0-9 ]{1,40}-----/.exec(latin1)?.[0];
  if (armour) return `${armour}...`;
  if (latin1.length < shortestPreviewed) return '***';
  const visible = latin1.replaceAll(/[^\x20-\x7e]/g, '?');
  return `${visible.slice(0, shownCharacters)}...${visible.slice(-shownCharacters)}`;
}
