/** Below this a needle meets ordinary base64 by chance. */
const minNeedleCharacters = 6;

export interface Base64Needle {
  readonly needle: Buffer;
  readonly groupOffset: 0 | 2 | 3;
}

/**
 * The characters that base64 text must contain when its bytes contain `bytes`, whatever stands before and after: three alignments, each in
 * the standard and in the URL alphabet (RFC 4648 §4, §5) where they differ.
 *
 * A character holds six bits, so the first and the last ones that also hold a neighbour's bits are left out.
 */
export function base64Needles(bytes: Buffer): Base64Needle[] {
  const needles: Base64Needle[] = [];
  for (const before of [0, 1, 2] as const) {
    const groupOffset = ([0, 2, 3] as const)[before];
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const certain = encoded.slice(groupOffset, Math.floor(((before + bytes.length) * 8) / 6));
    if (certain.length >= minNeedleCharacters) addBothAlphabets(certain, groupOffset);
  }
  // A value too short for that is still looked for as base64 of nothing but itself.
  if (needles.length === 0) addBothAlphabets(bytes.toString('base64').replace(/(?<!=)=+$/, ''), 0);
  return needles;

  function addBothAlphabets(text: string, groupOffset: 0 | 2 | 3): void {
    needles.push({ needle: Buffer.from(text, 'latin1'), groupOffset });
    const urlText = text.replaceAll('+', '-').replaceAll('/', '_');
    if (urlText !== text) needles.push({ needle: Buffer.from(urlText, 'latin1'), groupOffset });
  }
}
