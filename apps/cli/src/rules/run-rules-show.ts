import { builtInRules, type Rule } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { RulesShowFlags } from '../commands/rules/show.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { wrapText } from '../terminal/fit-text.ts';
import { paintSeverity } from '../terminal/paint-severity.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { describeRule } from './describe-rule.ts';

export async function runRulesShow(id: string, flags: RulesShowFlags, context: CliContext): Promise<ExitCode> {
  const rule = builtInRules.find((candidate) => candidate.id === id);
  if (!rule) throw new CliError('USAGE', `There is no rule "${id}". ${suggest(id)}`);
  await context.stdout.write(
    flags.format === 'json' ? `${JSON.stringify(describeRule(rule), undefined, 2)}\n` : renderRule(rule, context.stdout),
  );
  return exitCodes.clean;
}

/** Rules that share most words with what was typed. */
function suggest(id: string): string {
  const words = id.toLowerCase().split(/[^a-z0-9]+/);
  const scored = builtInRules.map((rule) => ({
    id: rule.id,
    score: words.filter((word) => word.length > 1 && rule.id.split('-').includes(word)).length,
  }));
  const similar = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  if (similar.length === 0) return 'List them with `deployguard rules list`.';
  const names = similar.slice(0, 5).map((rule) => rule.id);
  return `Similar ones: ${names.join(', ')}.`;
}

const precisions: Readonly<Record<Rule['precision'], string>> = {
  exact: 'exact: the form alone identifies it',
  contextual: "contextual: it needs the provider's name beside it",
  generic: 'generic: a value given to something that sounds secret',
};

function renderRule(rule: Rule, terminal: Terminal): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Id', rule.id],
    ['Provider', rule.provider],
    ['Severity', paintSeverity(terminal, rule.severity, rule.severity)],
    ['Precision', precisions[rule.precision]],
    ['Keywords', rule.keywords.join(', ')],
    ['Expression', `/${rule.expression.source}/${rule.expression.flags}`],
    ['Entropy', rule.minEntropy === undefined ? undefined : `at least ${rule.minEntropy} bits a character`],
    ['Checked', rule.isValid ? 'yes: a checksum or a part that must decode' : undefined],
    ['Files', rule.paths?.source],
    ['Documented', rule.source],
  ];
  const steps = rule.rotation.steps.flatMap((step, index) =>
    wrapText(step, Math.min(terminal.columns, 100) - 5).map((line, at) => `  ${at === 0 ? `${index + 1}.` : '  '} ${line}`),
  );
  return [
    terminal.paint('bold', rule.title),
    '',
    ...rows.filter(([, value]) => value !== undefined).map(([name, value]) => `  ${terminal.paint('gray', name.padEnd(11))} ${value}`),
    '',
    terminal.paint('bold', 'When it has leaked'),
    `  ${terminal.paint('cyan', rule.rotation.url)}`,
    ...steps,
    '',
  ].join('\n');
}
