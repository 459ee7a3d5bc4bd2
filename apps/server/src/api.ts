import type { Feature } from './feature.ts';
import { openApp } from './open-app.ts';
import type { OpenedPlatform } from './open-platform.ts';
import type { RunningPart } from './start-service.ts';

/** Answers requests. */
export async function startApi(platform: OpenedPlatform, features: readonly Feature[]): Promise<RunningPart & { readonly url: string }> {
  const app = await openApp(platform, features);
  const { url } = await app.listen(platform.config.http);
  return { url, stop: (graceSeconds) => app.close(graceSeconds) };
}
