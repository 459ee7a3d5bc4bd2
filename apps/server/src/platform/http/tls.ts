import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Server } from 'node:tls';

export interface TlsFiles {
  /** PEM: the certificate, and those between it and the root. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

const checkMilliseconds = 10_000;

/** Reads what the listener needs for TLS 1.2 and 1.3. Throws when key and certificate do not belong together. */
export async function loadTls({ certificateFile, keyFile }: TlsFiles): Promise<TlsOptions> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  createSecureContext(options);
  return options;
}

/**
 * Takes renewed certificates into use for new connections. Files are compared by content, for certificate stores replace them in many ways; files
 * that cannot be used are told, and what was in use stays.
 */
export function keepTlsFresh(server: Server, files: TlsFiles, onResult: (error?: unknown) => void): { stop(): void } {
  let known: string | undefined;
  const check = async (): Promise<void> => {
    const options = await loadTls(files);
    const digest = createHash('sha256').update(options.cert).update(options.key).digest('hex');
    if (known !== undefined && digest !== known) {
      server.setSecureContext(options);
      onResult();
    }
    known = digest;
  };
  const timer = setInterval(() => void check().catch(onResult), checkMilliseconds).unref();
  void check().catch(onResult);
  return { stop: () => clearInterval(timer) };
}
