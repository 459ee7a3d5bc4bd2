import { ScanError } from './scan-error.ts';

export function tooManyPaths(): ScanError {
  return new ScanError(
    'LIMIT_EXCEEDED',
    'A commit has far more paths than the repository has objects, as in a "git bomb": what it changed cannot be listed.',
  );
}
