import type { Operation } from '@deployguard/contracts';
import type { Platform } from '../feature.ts';
import { createFeatures } from './create-features.ts';

/** The operations that the features add. They do so without using the platform. */
export function listOperations(): Operation[] {
  const operations: Operation[] = [];
  const collect = (operation: Operation): unknown => operations.push(operation);
  for (const feature of createFeatures({} as Platform)) feature.register({ add: collect, addStream: collect });
  return operations;
}
