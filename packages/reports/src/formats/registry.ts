import { bandit } from './bandit.ts';
import { brakeman } from './brakeman.ts';
import { burp } from './burp.ts';
import { checkov } from './checkov.ts';
import { cyclonedx } from './cyclonedx.ts';
import type { Format } from './format.ts';
import { gitlab } from './gitlab.ts';
import { gitleaks } from './gitleaks.ts';
import { gosec } from './gosec.ts';
import { grype } from './grype.ts';
import { hadolint } from './hadolint.ts';
import { kics } from './kics.ts';
import { nessus } from './nessus.ts';
import { npmAudit } from './npm-audit.ts';
import { nuclei } from './nuclei.ts';
import { osvScanner } from './osv-scanner.ts';
import { sarif } from './sarif.ts';
import { semgrep } from './semgrep.ts';
import { snyk } from './snyk.ts';
import { terrascan } from './terrascan.ts';
import { tfsec } from './tfsec.ts';
import { trivy } from './trivy.ts';
import { trufflehog } from './trufflehog.ts';
import { zap } from './zap.ts';

/** All scanners whose reports are read, sorted; a test compares the list with the folder. */
export const formats: readonly Format[] = [
  bandit,
  brakeman,
  burp,
  checkov,
  cyclonedx,
  gitlab,
  gitleaks,
  gosec,
  grype,
  hadolint,
  kics,
  nessus,
  npmAudit,
  nuclei,
  osvScanner,
  sarif,
  semgrep,
  snyk,
  terrascan,
  tfsec,
  trivy,
  trufflehog,
  zap,
];

/** The format with an id such as `trivy`. */
export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
