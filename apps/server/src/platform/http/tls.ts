import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Server } from 'node:tls';

export interface TlsFiles {
  /** PEM: the certificate, and those between it and the root. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** How often the files are looked at. Default 10. */
  readonly checkSeconds?: number;
}

export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

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
  let lastFault: string | undefined;
  const check = async (): Promise<void> => {
    const options = await loadTls(files);
    const digest = createHash('sha256').update(options.cert).update(options.key).digest('hex');
    if (known !== undefined && digest !== known) {
      server.setSecureContext(options);
      onResult();
    }
    known = digest;
    lastFault = undefined;
  };
  // The same fault is told once, not at every look.
  const tell = (error: unknown): void => {
    if (String(error) !== lastFault) onResult(error);
    lastFault = String(error);
  };
  const timer = setInterval(() => void check().catch(tell), (files.checkSeconds ?? 10) * 1000).unref();
  void check().catch(tell);
  return { stop: () => clearInterval(timer) };
}
