/** Code that stands where a value without quotes would: conditions, pointers, durations, arguments by name. */
const bareCode = [
  // An alias of YAML, or Markdown's emphasis.
  /^\*{1,2}[A-Za-z][A-Za-z_-]*\*{0,2}$/,
  /^!{1,2}[A-Za-z_][A-Za-z_]*(?:\.[A-Za-z_]+)*$/,
  /^[*&][A-Za-z]\w*(?:\.[A-Za-z]\w*)+$/,
  /^\w+\?\.\w/,
  /^[A-Za-z_][\w.]*(?:[!=]=|[<>]=)[\w.]+$/,
  /^\w{1,2}:!?[a-z_]\w*(?:\.\w+)+$/i,
  /^[a-z]\w{0,40}(?:Password|Token|Secret)[A-Za-z]{0,40}!$/,
  /^\d{1,6}\.(?:second|minute|hour|day|week|fortnight|month|year)s?$/,
  /^\d{1,3}(?:_\d{3})+$/,
];
const namedArgument = /^[a-z]{1,20}(?:_[a-z]{1,20}){0,4}=\d{1,6}$/;

/** Rules of Laravel's validation: https://laravel.com/docs/validation#available-validation-rules */
const validation =
  /^(?=.*(?:required|nullable|sometimes|confirmed|string|min:\d))[a-z_]{2,24}(?::[\w,./=-]{1,60})?(?:\|[a-z_]{2,24}(?::[\w,./=-]{1,60})?){1,12}$/;

/** Doctrine names keys and indexes after a checksum of their columns; Maven coordinates and Bicep's resource types say which version of what. */
const nameOfThing =
  /^(?:fk|idx|uniq|pk)_[0-9a-f]{8,32}$|^[a-z][\w-]*(?:\.[\w-]+)+:[\w.-]+(?::[\w.-]+){1,3}$|^microsoft\.[\w.]{2,60}(?:\/\w{2,60}){1,6}@\d{4}-\d\d-\d\d(?:-preview)?$/i;

/** What templates and containers of services fill in, and what follows a `<password>` in an address. */
const filledIn = /^%env\([\w:.]+\)%$|^\{\$\w+\}$|^@[\w-]+(?:\.[\w-]+)+(?::\d{1,5}(?:\/|$)|\/)/;

/** Whether a value is part of a program, or names something, where the name before it is that of a credential. `text`: up to the value's end. */
export function isCodeInPlace(secret: string, text: string, isQuoted: boolean): boolean {
  if (filledIn.test(secret) || nameOfThing.test(secret) || validation.test(secret)) return true;
  if (isQuoted) return false;
  if (namedArgument.test(secret) && text.endsWith(`(${secret}`)) return true;
  return bareCode.some((form) => form.test(secret));
}
