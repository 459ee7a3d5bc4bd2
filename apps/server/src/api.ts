import type { Feature } from './feature.ts';
import { openApp } from './open-app.ts';
import type { OpenedPlatform } from './open-platform.ts';
import { toListenError } from './service-error.ts';
import type { RunningPart } from './start-service.ts';

/** Answers requests. @throws {ServiceError} CANNOT_LISTEN. */
export async function startApi(platform: OpenedPlatform, features: readonly Feature[]): Promise<RunningPart & { readonly url: string }> {
  const { http } = platform.config;
  const app = await openApp(platform, features);
  const { url } = await app.listen(http).catch((error: unknown) => {
    throw toListenError(error, http);
  });
  return { url, stop: (graceSeconds) => app.close(graceSeconds) };
}
