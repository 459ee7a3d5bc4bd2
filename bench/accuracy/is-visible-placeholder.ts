const marks = [
  /([A-Za-z0-9*.#_-])\1{5}|(.{2,10})\2\2/,
  /example|placeholder|change[-_ ]?(?:me|it)|replace|redacted|dummy|fake|foobar|xxxx|insert|your[-_ ]|^your|[-_ ]your|<[a-z][\w -]*>|\$\{|\{\{|\$\(/i,
  /^(?:(?:this[-_ ]?is[-_ ]?)?(?:my|the|some|test|smtp|db)[-_ ]?)?(?:pass(?:word|wd)?|open[-_ ]?sesame|secret|test|token|key|admin|root|guest|user|none|null|true|false|foo|bar|baz|qwerty|abc|letmein|hello|welcome)[\W_]*\d{0,4}[\W_]*$/i,
];

/** Whether a person sees at a glance that the value is made up: category 3 of docs/accuracy.md. Not the scanner's own judgement. */
export function isVisiblePlaceholder(value: string): boolean {
  return marks.some((mark) => mark.test(value)) || hasRunUp(value, 8);
}

function hasRunUp(value: string, length: number): boolean {
  let run = 1;
  for (let i = 1; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    run = step === 1 || (value[i] === '0' && value[i - 1] === '9') ? run + 1 : 1;
    if (run >= length) return true;
  }
  return false;
}
