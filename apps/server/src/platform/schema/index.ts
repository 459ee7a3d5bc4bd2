export { describeFault } from './describe-fault.ts';
export type { SchemaFault } from './describe-fault.ts';
