import type { Terminal } from '../terminal/terminal.ts';

/** The numbered sections of the aftercare text for a terminal. Letters and scripts to send on stay in the file. */
export function renderAftercareText(markdown: string, file: string, terminal: Terminal): string {
  const sections = markdown.split(/^(?=## )/m).filter((section) => /^## \d/.test(section));
  const text = sections.map((section) => renderSection(section, terminal)).join('\n\n');
  return `${terminal.paint('bold', 'What is left to do')}\n\n${text}\n\n${terminal.paint('gray', `All of it, with what to send to the host: ${file}`)}\n`;
}

function renderSection(section: string, terminal: Terminal): string {
  const lines = section
    .trimEnd()
    .split('\n')
    .map((line) => {
      const heading = /^## (.*)$/.exec(line);
      if (heading) return terminal.paint('bold', heading[1]!);
      if (/^\s*```/.test(line)) return undefined;
      return line.replaceAll('**', '').replaceAll(/\\([\\`*_[\]<>])/g, '$1');
    })
    .filter((line) => line !== undefined);
  return lines
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll('\n', '\n  ');
}
