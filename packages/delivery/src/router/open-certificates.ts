import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';

/** PEM: a certificate with those between it and the root, and its key. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The certificates of the router. Which names each is for stands in itself. */
export interface Certificates {
  /** For clients that name no host: the first one. */
  readonly fallback: SecureContextOptions;
  /** The first that is for the name; else the first of all, which the client will refuse and say why. */
  choose(hostName: string): SecureContext;
  isFor(hostName: string): boolean;
  /** Takes renewed files into use, and says whether there were any. What cannot be used is told, and what was in use stays. */
  refresh(): boolean;
}

interface Loaded {
  readonly text: string;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
  readonly certificate: X509Certificate;
}

/** Throws the errors of the file system and of OpenSSL. */
export function openCertificates(files: readonly CertificateFiles[], onWarning: (message: string) => void): Certificates {
  let loaded = files.map(load);
  let lastFault = '';
  const find = (hostName: string): Loaded | undefined =>
    loaded.find(({ certificate }) => certificate.checkHost(hostName, { subject: 'never', partialWildcards: false }) !== undefined);
  return {
    get fallback() {
      return loaded[0]!.options;
    },
    choose: (hostName) => (find(hostName) ?? loaded[0]!).context,
    isFor: (hostName) => find(hostName) !== undefined,
    refresh() {
      try {
        const present = files.map((each, index) => {
          const known = loaded[index]!;
          return read(each).text === known.text ? known : load(each);
        });
        const isRenewed = present.some((each, index) => each !== loaded[index]);
        loaded = present;
        lastFault = '';
        return isRenewed;
      } catch (error) {
        const fault = `A certificate cannot be renewed: ${error instanceof Error ? error.message : String(error)}`;
        // The same fault is told once, not at every look.
        if (fault !== lastFault) onWarning(fault);
        lastFault = fault;
        return false;
      }
    },
  };
}

function read({ certificateFile, keyFile }: CertificateFiles): { readonly cert: string; readonly key: string; readonly text: string } {
  const [cert, key] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  return { cert, key, text: `${cert}\0${key}` };
}

function load(files: CertificateFiles): Loaded {
  const { cert, key, text } = read(files);
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  return { text, options, context: createSecureContext(options), certificate: new X509Certificate(cert) };
}
