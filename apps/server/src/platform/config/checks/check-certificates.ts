import { X509Certificate } from 'node:crypto';
import { type Faults, problem } from './faults.ts';
import { readSettingFile } from './read-setting-file.ts';

const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;
const soonMilliseconds = 14 * 86_400_000;

export interface CheckedCertificates extends Faults {
  /** In the order of the file; empty when there are problems. */
  readonly certificates: readonly X509Certificate[];
}

/** Certificates of a PEM file. One that has expired is a warning: whoever connects will say no, but nothing else is in the way. */
export async function checkCertificates(setting: string, file: string): Promise<CheckedCertificates> {
  const refuse = (what: string): CheckedCertificates => ({ ...problem(`${setting}: ${what}`), certificates: [] });
  const read = await readSettingFile(file);
  if ('fault' in read) return refuse(read.fault);
  const blocks = read.text.match(block) ?? [];
  if (blocks.length === 0) return refuse(`${file} holds no certificate. PEM is expected: "-----BEGIN CERTIFICATE-----" and what follows.`);
  const certificates: X509Certificate[] = [];
  for (const [index, pem] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(pem));
    } catch {
      return refuse(`the certificate number ${index + 1} of ${file} cannot be read: it is damaged or cut off. Get the file again.`);
    }
  }
  return {
    certificates,
    problems: [],
    warnings: certificates.flatMap((each) => listWarnings(each).map((what) => `${setting}: ${file}: ${what}`)),
  };
}

function listWarnings({ subject, validFromDate, validToDate }: X509Certificate): string[] {
  const name = `the certificate of ${subject.replaceAll('\n', ', ')}`;
  const now = Date.now();
  if (validToDate.getTime() < now) return [`${name} has expired on ${validToDate.toISOString()}. Renew it.`];
  if (validFromDate.getTime() > now) return [`${name} is valid from ${validFromDate.toISOString()} on only.`];
  return validToDate.getTime() - now < soonMilliseconds ? [`${name} expires on ${validToDate.toISOString()}.`] : [];
}
