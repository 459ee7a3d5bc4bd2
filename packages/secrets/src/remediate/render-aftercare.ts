import type { Aftercare, AftercareStep } from './aftercare.ts';

/** The steps as Markdown, short, in the order in which to do them. */
export function renderAftercare(aftercare: Aftercare): string {
  const { facts, rotations, hostSteps, cloneSteps, supportRequest, preReceiveHook } = aftercare;
  const { rewrite } = facts;
  const sections = [
    '# After the cleaning',
    `${rewrite.changedCommitCount} of ${rewrite.commitCount} commits were rewritten, ${rewrite.changedRefCount} of ${rewrite.sourceRefCount} refs changed.\n` +
      'The new history is free of the selected secrets. Their old copies are not, and must be taken as known to others.',
    '## 1. Rotate the secrets',
    rotations.length === 0 ? 'Make every removed secret invalid first.' : rotations.map(renderRotation).join('\n\n'),
    '## 2. Clear the host',
    renderSteps(hostSteps),
    '## 3. Repair every clone',
    renderSteps(cloneSteps),
    '## 4. First changed commits',
    rewrite.firstChangedCommits.length === 0
      ? 'No commit changed.'
      : `What comes before them kept its id and signatures.\n\n${renderFirstChanged(rewrite.firstChangedCommits)}`,
    ...(facts.notCleanable.length === 0 ? [] : ['## 5. What could not be cleaned', renderNotCleanable(facts.notCleanable)]),
    ...(supportRequest === undefined ? [] : ['## Request to the host’s support', fence(supportRequest, 'text')]),
    ...(preReceiveHook === undefined ? [] : ['## Hook that keeps the old history out', fence(preReceiveHook.trimEnd(), 'sh')]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function renderRotation({ title, previews, steps, urls }: Aftercare['rotations'][number]): string {
  const shown = previews.slice(0, 10).map((preview) => `\`${preview.replaceAll('`', '')}\``);
  const more = previews.length > 10 ? ` and ${previews.length - 10} more` : '';
  return [
    `**${escapeMarkdown(title)}**: ${shown.join(', ')}${more}`,
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    ...urls.map((url) => `\n<${url}>`),
  ].join('\n');
}

function renderSteps(steps: readonly AftercareStep[]): string {
  return steps
    .map(
      ({ text, commands }, index) =>
        `${index + 1}. ${escapeMarkdown(text)}${commands ? `\n\n${indent(fence(commands.join('\n'), 'sh'))}\n` : ''}`,
    )
    .join('\n');
}

const maxFirstChanged = 50;

function renderFirstChanged(commits: readonly { ref: string; commit: string }[]): string {
  const lines = commits.slice(0, maxFirstChanged).map(({ ref, commit }) => `${commit} ${ref}`);
  if (commits.length > maxFirstChanged) lines.push(`and ${commits.length - maxFirstChanged} more in the file first-changed-commits`);
  return fence(lines.join('\n'), 'text');
}

function renderNotCleanable(items: Aftercare['facts']['notCleanable']): string {
  return items.map(({ what, where, why }) => `- ${escapeMarkdown(`${what}, ${where}: ${why}`)}`).join('\n');
}

/** Names of refs and files must not become markup. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>]/g, '\\$&').replaceAll(/https:\/\/[^\s,;)]+/g, (url) => url.replaceAll('\\', ''));
}

/** A fence longer than any run of backticks inside it. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '   ');
}
