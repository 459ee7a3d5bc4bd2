import { buffer } from 'node:stream/consumers';
import { neutralizeText } from '@deployguard/reports';
import { type Detector, explainDrop, loadDetector, type Match, previewSecret, yieldToSpecific } from '@deployguard/secrets';
import type { RulesTestFlags } from '../commands/rules/test.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { loadConfiguration } from '../source/load-configuration.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import { paintSeverity } from '../terminal/paint-severity.ts';

export async function runRulesTest(file: string, flags: RulesTestFlags, context: CliContext): Promise<ExitCode> {
  const { stdout } = context;
  const content = file === '-' ? await buffer(context.stdin) : readInputFile(file, context).content;
  const { detector: options } = await loadConfiguration(flags, context.workingDirectory, context);
  const detector = await loadDetector(options);
  const matches = yieldToSpecific(detector.scan(content), detector.rules);
  const found = matches.filter(({ dropped }) => dropped === undefined);

  for (const match of matches) await stdout.write(`${renderMatch(match, detector, content, flags, context)}\n`);
  if (!flags.quiet)
    await stdout.write(
      `${formatItems(found.length, 'secret')}, ${formatItems(matches.length - found.length, 'match', 'matches')} dropped.\n`,
    );
  return found.length > 0 ? exitCodes.findings : exitCodes.clean;
}

function renderMatch(match: Match, detector: Detector, content: Buffer, flags: RulesTestFlags, { stdout }: CliContext): string {
  const rule = detector.rules[match.ruleIndex]!;
  const value = flags.show ? Buffer.from(match.secret, 'latin1').toString('utf8') : previewSecret(match.secret);
  const wrapped = [...match.encodings, ...(match.innerPath === undefined ? [] : [match.innerPath])];
  const parts = [
    placeOf(match, content).padEnd(8),
    match.dropped === undefined ? paintSeverity(stdout, rule.severity, rule.severity.padEnd(8)) : stdout.paint('gray', 'dropped '),
    rule.id,
    neutralizeText(value),
    ...(wrapped.length > 0 ? [`(${neutralizeText(wrapped.join(' in '))})`] : []),
    ...(match.dropped === undefined ? [] : [stdout.paint('gray', explainDrop(match.dropped))]),
  ];
  return parts.join('  ');
}

/** `line:column`, both from 1, in bytes. */
function placeOf({ secretStart }: Match, content: Buffer): string {
  const before = content.subarray(0, secretStart);
  let line = 1;
  for (let at = before.indexOf(0x0a); at !== -1; at = before.indexOf(0x0a, at + 1)) line++;
  return `${line}:${secretStart - before.lastIndexOf(0x0a)}`;
}
