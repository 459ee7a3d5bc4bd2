// Preloaded into a process (NODE_OPTIONS=--import …): its clock goes wrong by CLOCK_SKEW_SECONDS, that of the database does not.
const skewMilliseconds = Number(process.env['CLOCK_SKEW_SECONDS']) * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts: [] | ConstructorParameters<typeof RealDate>) {
    if (parts.length === 0) super(RealDate.now() + skewMilliseconds);
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + skewMilliseconds;
  }
} as DateConstructor;
