import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { checkCertificates } from './check-certificates.ts';
import { type Faults, joinFaults, noFaults, problem } from './faults.ts';
import { readSettingFile } from './read-setting-file.ts';

/** A file that a setting names. */
interface NamedFile {
  readonly setting: string;
  readonly file: string | undefined;
}

/** Whether there is a certificate, and a key that fits it. */
export async function checkTls(certificateOf: NamedFile, keyOf: NamedFile): Promise<Faults> {
  if (certificateOf.file === undefined || keyOf.file === undefined) return noFaults;
  const checked = await checkCertificates(certificateOf.setting, certificateOf.file);
  const key = await readKey(keyOf.setting, keyOf.file);
  const faults = [checked, ...('problems' in key ? [key] : [])];
  const [certificate] = checked.certificates;
  if (certificate === undefined || 'problems' in key) return joinFaults(faults);
  if (!certificate.checkPrivateKey(key.key)) {
    return joinFaults([
      ...faults,
      problem(
        `${keyOf.setting}: the key of ${keyOf.file} does not belong to the certificate of ${certificateOf.file}. Its own certificate must be the first in the file; else use the key that it was requested with.`,
      ),
    ]);
  }
  try {
    createSecureContext({
      cert: checked.certificates.map(String),
      key: key.key.export({ type: 'pkcs8', format: 'pem' }),
      minVersion: 'TLSv1.2',
    });
    return joinFaults(faults);
  } catch (error) {
    const reason = (error as { reason?: string }).reason ?? 'it is not accepted';
    return joinFaults([
      ...faults,
      problem(`${certificateOf.setting}: ${certificateOf.file} cannot be used for TLS: ${reason}. Ask for another certificate.`),
    ]);
  }
}

async function readKey(setting: string, file: string): Promise<{ readonly key: KeyObject } | Faults> {
  const read = await readSettingFile(file);
  if ('fault' in read) return problem(`${setting}: ${read.fault}`);
  try {
    return { key: createPrivateKey(read.text) };
  } catch {
    const isLocked = /ENCRYPTED/.test(read.text);
    return problem(
      isLocked
        ? `${setting}: the key of ${file} has a passphrase. Take it off: openssl pkey -in ${file} -out another.`
        : `${setting}: ${file} holds no private key. PEM is expected: "-----BEGIN PRIVATE KEY-----" and what follows.`,
    );
  }
}
