import type { Recognition } from '@deployguard/reports';

/** Whose a report is, or why that cannot be told. */
export function describeRecognition(recognition: Recognition): string {
  switch (recognition.outcome) {
    case 'recognized':
      return recognition.format.name;
    case 'ambiguous':
      return `fits ${recognition.candidates.join(' and ')}: name one with --scanner-type`;
    case 'empty':
      return 'cannot be told, it is empty: name the scanner with --scanner-type';
    case 'unknown':
      return 'of no scanner that is known';
  }
}
