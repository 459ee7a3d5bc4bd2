const minLength = 3;

/**
 * Literals, in lower case, one of which stands in every match of an RE2 expression; none when that cannot be told. Reads only what is
 * plain: groups, classes and optional characters end a literal.
 */
export function listRequiredLiterals(expression: string): string[] {
  const literals = splitAlternatives(expression.replace(/^\(\?[imsU]+\)/, '')).map(findLongestLiteral);
  return literals.every((literal) => literal.length >= minLength) ? literals : [];
}

/** The alternatives at the top level. */
function splitAlternatives(expression: string): string[] {
  const alternatives: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: part, index } of expression.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\]){0,2000}\]|[()|]/g)) {
    if (part === '(') depth++;
    else if (part === ')') depth--;
    else if (part === '|' && depth === 0) {
      alternatives.push(expression.slice(start, index));
      start = index + 1;
    }
  }
  return [...alternatives, expression.slice(start)];
}

function findLongestLiteral(alternative: string): string {
  let longest = '';
  let current = '';
  let depth = 0;
  const end = (): void => {
    if (current.length > longest.length) longest = current;
    current = '';
  };
  const parts = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\]){0,2000}\]|\{\d*(?:,\d*)?\}|[\s\S]/g;
  for (const [part] of alternative.matchAll(parts)) {
    if (part === '(') {
      end();
      depth++;
    } else if (part === ')') {
      depth--;
    } else if (depth > 0) {
      continue;
    } else if (part === '?' || part === '*' || /^\{0?[,}]|^\{0,/.test(part)) {
      current = current.slice(0, -1);
      end();
    } else if (part === '+' || (part.length > 1 && part.startsWith('{'))) {
      end();
    } else if (/^[\w\-_/:@=,;!#%&~<>"'` ]$/.test(part)) {
      current += part;
    } else if (/^\\[^\w\s]$/.test(part)) {
      current += part[1]!;
    } else {
      end();
    }
  }
  end();
  return longest.toLowerCase();
}
