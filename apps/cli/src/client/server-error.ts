import type { Problem } from '@deployguard/contracts';

/** The service refused, or could not be talked to. The message is for the user. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** A code of the service's problems, or why there was no answer. */
  readonly code: string;
  /** After this many seconds the service may answer otherwise. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, options: { readonly cause?: unknown; readonly retryAfterSeconds?: number | undefined } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The error that an answer stands for: `application/problem+json` as the service writes it, or whatever something between us and it says. */
export async function readProblem(response: Response, server: string): Promise<ServerError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const options = { retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined };
  const problem = await parseProblem(response);
  if (problem === undefined) {
    const code = response.status >= 500 ? 'SERVER_UNREACHABLE' : 'SERVER_UNKNOWN';
    return new ServerError(code, `${server} answered with ${response.status}, and not as DeployGuard does. Is the address right?`, options);
  }
  const { errors = [] } = problem;
  const isTold = errors.length === 1 && problem.detail.includes(errors[0]!.message);
  const fields = isTold ? [] : errors.map(({ in: where, path, message }) => `\n  ${where}${path}: ${message}`);
  // It quotes the first of them.
  const detail = errors.length > 1 ? 'The request is refused:' : problem.detail;
  const hint = problem.code === 'UNAUTHENTICATED' ? '\nSign in with `deployguard login`.' : '';
  return new ServerError(problem.code, `${detail}${fields.join('')}${hint}\n(request ${problem.requestId})`, options);
}

async function parseProblem(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  try {
    const problem = (await response.json()) as Partial<Problem>;
    const isWhole = [problem.code, problem.detail, problem.requestId].every((text) => typeof text === 'string');
    return isWhole && /^[A-Z][A-Z0-9_]*$/.test(problem.code!) ? (problem as Problem) : undefined;
  } catch {
    return undefined;
  }
}
