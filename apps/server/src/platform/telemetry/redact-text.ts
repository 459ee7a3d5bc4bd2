/**
 * Text with what looks like a credential taken out: user information in addresses, bearer and basic credentials, JSON Web Tokens, keys of this
 * service. A last net for messages that other programs wrote, not a licence to log values.
 */
export function redactText(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,500}@/gi, '$1[redacted]@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, '[redacted]'],
  [/\b(dgk_|whsec_)[\w+/=-]{8,}/g, '$1[redacted]'],
  [/([?&](?:api[_-]?key|access[_-]?token|token|signature|x-amz-signature)=)[^\s&]+/gi, '$1[redacted]'],
];
