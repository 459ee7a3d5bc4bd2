import type { Operation } from '@deployguard/contracts';
import { createFeatures } from './create-features.ts';
import type { FeatureDependencies } from './create-features.ts';

/** The operations that the features add. They do so without using what they depend on. */
export function listOperations(): Operation[] {
  const operations: Operation[] = [];
  const collect = (operation: Operation): unknown => operations.push(operation);
  for (const feature of createFeatures({} as FeatureDependencies)) feature.register({ add: collect, addStream: collect });
  return operations;
}
