import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '@deployguard/process';

/** A server's certificate for `localhost`, 127.0.0.1 and `*.test.example`, and the authority that signed it. */
export interface TestCertificate {
  readonly key: string;
  readonly certificate: string;
  /** PEM, to be trusted by the client. */
  readonly authority: string;
}

let made: Promise<TestCertificate> | undefined;

/** Made once in a process: keys take longer than most tests. */
export function getTestCertificate(): Promise<TestCertificate> {
  return (made ??= createTestCertificate());
}

async function createTestCertificate(): Promise<TestCertificate> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-certificate-'));
  const openssl = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await runProcess({
      program: 'openssl',
      args,
      cwd: directory,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    });
    if (exitCode !== 0) throw new Error(`openssl failed: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    await openssl(['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority']);
    await openssl(['req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost']);
    writeFileSync(join(directory, 'names'), 'subjectAltName=DNS:localhost,DNS:*.test.example,IP:127.0.0.1\n');
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1', '-extfile', 'names'];
    await openssl(['x509', '-req', '-in', 'server.csr', ...signing, '-days', '2', '-out', 'server.pem']);
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    return { key: read('server.key'), certificate: read('server.pem'), authority: read('ca.pem') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
