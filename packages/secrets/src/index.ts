export { builtInRules } from './rules/registry.ts';
export type { Rotation, Rule, RuleExamples } from './rules/rule.ts';
