import { DeliveryError } from '../delivery-error.ts';
import type { Instance, Target } from '../targets/target.ts';

const shownCharacters = 300;

/** @throws {DeliveryError} SMOKE_FAILED with the first line that an instance printed with one of the texts in it. */
export async function scanOutput(target: Target, instance: Instance, texts: readonly string[]): Promise<void> {
  if (texts.length === 0) return;
  for await (const { stream, text } of target.logs(instance)) {
    if (stream === 'system' || !texts.some((wanted) => text.includes(wanted))) continue;
    throw new DeliveryError('SMOKE_FAILED', `The application printed what it must not: ${text.slice(0, shownCharacters)}`);
  }
}
