export { connectChecked } from './connect-checked.ts';
export type { ConnectOptions } from './connect-checked.ts';
export { EgressError } from './egress-error.ts';
export type { EgressErrorCode } from './egress-error.ts';
export { checkAddress, createEgressPolicy } from './egress-policy.ts';
export type { EgressPolicy, EgressPolicyOptions, Lookup } from './egress-policy.ts';
export { resolveChecked } from './resolve-checked.ts';
export { startEgressProxy } from './start-egress-proxy.ts';
export type { EgressProxy, EgressProxyOptions, EgressRefusal } from './start-egress-proxy.ts';
