/** Why a match is not reported, with the sentence that explains it. */
const explanations = {
  'low-entropy': 'Its characters are too uniform for a value of this kind.',
  checksum: 'It has the form but not the checksum or the structure that a real one has.',
  'published-example': 'It is an example or a test value that its provider publishes.',
  placeholder: 'It stands for a value that is to be filled in.',
  repetitive: 'It repeats or counts up characters as made-up values do.',
  reference: 'It names where the value comes from (a variable, a setting, a call), not the value.',
  words: 'It reads like words, not like a secret.',
  identifier: 'It reads like a name in code.',
  'not-a-credential': 'The name says that this is something about a credential, not the credential.',
  'hash-or-id': 'It has the form of a hash or an identifier, which cannot be used to log in.',
  'path-or-url': 'It is a path or an address without a credential in it.',
  binary: 'It stands among bytes that are no text.',
  'too-simple': 'It is too short or too plain to be told from ordinary text.',
} as const;

export type DropReason = keyof typeof explanations;

export const dropReasons = Object.keys(explanations) as readonly DropReason[];

/** The reason in one sentence for a person. */
export function explainDrop(reason: DropReason): string {
  return explanations[reason];
}
