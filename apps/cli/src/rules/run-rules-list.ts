import { isAtLeast } from '@deployguard/findings';
import { builtInRules, type Rule } from '@deployguard/secrets';
import type { RulesListFlags } from '../commands/rules/list.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { padText } from '../terminal/fit-text.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import { paintSeverity } from '../terminal/paint-severity.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { describeRule } from './describe-rule.ts';

export async function runRulesList(text: string | undefined, flags: RulesListFlags, context: CliContext): Promise<ExitCode> {
  const rules = builtInRules.filter((rule) => isWanted(rule, text, flags));
  if (flags.format === 'json') await context.stdout.write(`${JSON.stringify(rules.map(describeRule), undefined, 2)}\n`);
  else await context.stdout.write(renderRules(rules, context.stdout));
  return exitCodes.clean;
}

function isWanted(rule: Rule, text: string | undefined, { provider, minSeverity }: RulesListFlags): boolean {
  if (provider !== undefined && rule.provider.toLowerCase() !== provider.toLowerCase()) return false;
  if (minSeverity !== undefined && !isAtLeast(rule.severity, minSeverity)) return false;
  return text === undefined || `${rule.id}\n${rule.title}\n${rule.provider}`.toLowerCase().includes(text.toLowerCase());
}

function renderRules(rules: readonly Rule[], terminal: Terminal): string {
  const byProvider = Object.entries(Object.groupBy(rules, ({ provider }) => provider)).sort(([a], [b]) => a.localeCompare(b, 'en'));
  const idColumns = Math.max(0, ...rules.map(({ id }) => id.length));
  const lines = byProvider.flatMap(([provider, members = []]) => [
    terminal.paint('bold', provider),
    ...members.map(
      ({ id, severity, title }) =>
        `  ${paintSeverity(terminal, severity, padText(severity, 9))} ${padText(id, idColumns)}  ${terminal.paint('gray', title)}`,
    ),
    '',
  ]);
  const total = `${formatItems(rules.length, 'rule')} of ${formatItems(byProvider.length, 'provider')}.`;
  return [...lines, `${total} Show one with \`deployguard rules show <id>\`.`, ''].join('\n');
}
