import { inspect } from 'node:util';

/** Who we are at a git server. However it is printed, nothing of it shows; only `reveal` gives it away, to git. */
export class GitCredentials {
  readonly #username: string | undefined;
  readonly #token: string;

  constructor(username: string | undefined, token: string) {
    this.#username = username;
    this.#token = token;
  }

  reveal(): { readonly username?: string; readonly password: string } {
    return { ...(this.#username === undefined ? {} : { username: this.#username }), password: this.#token };
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
