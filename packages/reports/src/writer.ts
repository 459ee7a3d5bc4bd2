// What `loadWriter` gives.
export { findFindingEmitter, findingEmitters } from './finding-emitters/registry.ts';
