/** A port that something listens on: `443`, `443/tcp`. 0 and words such as `general/tcp` are none. */
export function parsePort(text: string | undefined): number | undefined {
  const port = Number(/^\d{1,5}(?=$|\/)/.exec(text ?? '')?.[0]);
  return port > 0 && port < 65_536 ? port : undefined;
}
