import { wrapText } from '../terminal/fit-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The numbered sections of the aftercare text for a terminal. Letters and scripts to send on stay in the file. */
export function renderAftercareText(markdown: string, file: string, terminal: Terminal): string {
  const sections = markdown.split(/^(?=## )/m).filter((section) => /^## \d/.test(section));
  const text = sections.map((section) => renderSection(section, terminal)).join('\n\n');
  return `${terminal.paint('bold', 'What is left to do')}\n\n${text}\n\n${terminal.paint('gray', `All of it, with what to send to the host: ${file}`)}\n`;
}

function renderSection(section: string, terminal: Terminal): string {
  let isCode = false;
  const lines = section.split('\n').flatMap((line): string[] => {
    if (/^\s*```/.test(line)) {
      isCode = !isCode;
      return [];
    }
    if (isCode) return [`  ${terminal.paint('cyan', line)}`];
    if (line.trim() === '') return [];
    if (line.startsWith('## ')) return [terminal.paint('bold', line.slice(3))];
    return wrapItem(line.replaceAll('**', '').replaceAll(/\\([\\`*_[\]<>])/g, '$1'), terminal);
  });
  return lines.join('\n');
}

/** Further lines of a list item stand under its first word. */
function wrapItem(line: string, terminal: Terminal): string[] {
  const [bullet = ''] = /^\s*(?:\d+\. |- )?/.exec(line) ?? [];
  const indent = ' '.repeat(bullet.length + 2);
  const width = Math.min(terminal.columns, 110) - indent.length - 1;
  return wrapText(line.slice(bullet.length), width).map((part, index) => (index === 0 ? `  ${bullet}${part}` : indent + part));
}
