import type { Api } from './api.ts';

/** A part of the API: it adds its operations, with what it needs held by its own closure. */
export interface Feature {
  readonly name: string;
  register(api: Api): void;
}
