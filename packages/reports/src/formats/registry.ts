import { acunetix } from './acunetix.ts';
import { anchore } from './anchore.ts';
import { appspider } from './appspider.ts';
import { aqua } from './aqua.ts';
import { arachni } from './arachni.ts';
import { auditjs } from './auditjs.ts';
import { awsInspector2 } from './aws-inspector2.ts';
import { awsSecurityHub } from './aws-security-hub.ts';
import { bandit } from './bandit.ts';
import { blackduckBinaryAnalysis } from './blackduck-binary-analysis.ts';
import { blackduck } from './blackduck.ts';
import { brakeman } from './brakeman.ts';
import { burp } from './burp.ts';
import { cargoAudit } from './cargo-audit.ts';
import { checkov } from './checkov.ts';
import { checkstyle } from './checkstyle.ts';
import { clair } from './clair.ts';
import { codeClimate } from './code-climate.ts';
import { cyclonedx } from './cyclonedx.ts';
import { dependencyCheck } from './dependency-check.ts';
import { dependencyTrack } from './dependency-track.ts';
import type { Format } from './format.ts';
import { generic } from './generic.ts';
import { gitlab } from './gitlab.ts';
import { gitleaks } from './gitleaks.ts';
import { gosec } from './gosec.ts';
import { grype } from './grype.ts';
import { hadolint } from './hadolint.ts';
import { kics } from './kics.ts';
import { kubeBench } from './kube-bench.ts';
import { kubeHunter } from './kube-hunter.ts';
import { kubeLinter } from './kube-linter.ts';
import { kubeScore } from './kube-score.ts';
import { kubeaudit } from './kubeaudit.ts';
import { kubescape } from './kubescape.ts';
import { nancy } from './nancy.ts';
import { nessus } from './nessus.ts';
import { netsparker } from './netsparker.ts';
import { nikto } from './nikto.ts';
import { nmap } from './nmap.ts';
import { npmAudit } from './npm-audit.ts';
import { nuclei } from './nuclei.ts';
import { ocsf } from './ocsf.ts';
import { openvas } from './openvas.ts';
import { osvScanner } from './osv-scanner.ts';
import { polaris } from './polaris.ts';
import { popeye } from './popeye.ts';
import { prowler } from './prowler.ts';
import { sarif } from './sarif.ts';
import { semgrep } from './semgrep.ts';
import { snyk } from './snyk.ts';
import { terrascan } from './terrascan.ts';
import { tfsec } from './tfsec.ts';
import { trivy } from './trivy.ts';
import { trufflehog } from './trufflehog.ts';
import { wapiti } from './wapiti.ts';
import { zap } from './zap.ts';

/** All scanners whose reports are read, sorted; a test compares the list with the folder. */
export const formats: readonly Format[] = [
  acunetix,
  anchore,
  appspider,
  aqua,
  arachni,
  auditjs,
  awsInspector2,
  awsSecurityHub,
  bandit,
  blackduckBinaryAnalysis,
  blackduck,
  brakeman,
  burp,
  cargoAudit,
  checkov,
  checkstyle,
  clair,
  codeClimate,
  cyclonedx,
  dependencyCheck,
  dependencyTrack,
  generic,
  gitlab,
  gitleaks,
  gosec,
  grype,
  hadolint,
  kics,
  kubeBench,
  kubeHunter,
  kubeLinter,
  kubeScore,
  kubeaudit,
  kubescape,
  nancy,
  nessus,
  netsparker,
  nikto,
  nmap,
  npmAudit,
  nuclei,
  ocsf,
  openvas,
  osvScanner,
  polaris,
  popeye,
  prowler,
  sarif,
  semgrep,
  snyk,
  terrascan,
  tfsec,
  trivy,
  trufflehog,
  wapiti,
  zap,
];

/** The format with an id such as `trivy`. */
export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
