import { rules as github } from './github.ts';
import type { Rule } from './rule.ts';

/** All built-in rules. One line a provider file, sorted; a test compares the list with the folder. */
export const builtInRules: readonly Rule[] = [...github];
