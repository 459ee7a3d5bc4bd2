/** Sequences that a terminal acts on, whole (ECMA-48): what is left of them after their first byte would be noise. */
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)/g;

/**
 * Text of a remote without what could steer a terminal, forge a log line or hide text: C0 and C1 controls except line feed and tab
 * (a lone carriage return becomes a line feed), and the Unicode marks that reorder text.
 */
export function stripControl(text: string): string {
  return text
    .replace(sequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
