import { inspect } from 'node:util';

/** What an https server is shown. */
export interface RevealedToken {
  readonly username?: string;
  readonly password: string;
}

/** How an ssh server is recognised, and what we sign with there. */
export interface RevealedKey {
  /** OpenSSH or PEM form, without a passphrase. */
  readonly privateKey: string;
  /** Lines of a known_hosts file. */
  readonly knownHosts: string;
}

/** Who we are at a git server. However it is printed, nothing of it shows; only `reveal` gives it away, to git. */
export class GitCredentials {
  readonly #revealed: RevealedToken | RevealedKey;

  constructor(revealed: RevealedToken | RevealedKey) {
    this.#revealed = revealed;
  }

  reveal(): RevealedToken | RevealedKey {
    return this.#revealed;
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
