/** Names of fields whose values never reach the log, wherever a caller puts them by mistake. */
const secretFields = new Set(
  ['authorization', 'cookie', 'password', 'token', 'secret', 'key', 'credentials', 'apiKey', 'accessKey', 'secretKey'].map((name) =>
    name.toLowerCase(),
  ),
);

const maxDepth = 4;

/** The fields of a line without the values of those that are named like secrets. The same object when there are none. */
export function redactFields(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    const clean = secretFields.has(name.toLowerCase())
      ? '[redacted]'
      : isPlainObject(value) && depth < maxDepth
        ? redactFields(value, depth + 1)
        : value;
    if (clean !== value) (copy ??= { ...fields })[name] = clean;
  }
  return copy ?? fields;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
