import { scopes } from './words.ts';
import type { Scope } from './words.ts';

export function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value);
}
