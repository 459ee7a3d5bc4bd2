import { actionlint } from './actionlint.ts';
import { acunetix } from './acunetix.ts';
import { anchorePolicy } from './anchore-policy.ts';
import { anchore } from './anchore.ts';
import { androidLint } from './android-lint.ts';
import { appcheck } from './appcheck.ts';
import { appspider } from './appspider.ts';
import { aqua } from './aqua.ts';
import { arachni } from './arachni.ts';
import { auditjs } from './auditjs.ts';
import { awsAccessAnalyzer } from './aws-access-analyzer.ts';
import { awsConfig } from './aws-config.ts';
import { awsEcr } from './aws-ecr.ts';
import { awsGuardduty } from './aws-guardduty.ts';
import { awsInspector2 } from './aws-inspector2.ts';
import { awsSecurityHub } from './aws-security-hub.ts';
import { bandit } from './bandit.ts';
import { bearer } from './bearer.ts';
import { bitsight } from './bitsight.ts';
import { blackduckBinaryAnalysis } from './blackduck-binary-analysis.ts';
import { blackduck } from './blackduck.ts';
import { brakeman } from './brakeman.ts';
import { bugcrowd } from './bugcrowd.ts';
import { bundlerAudit } from './bundler-audit.ts';
import { burp } from './burp.ts';
import { cargoAudit } from './cargo-audit.ts';
import { cfnLint } from './cfn-lint.ts';
import { cfnNag } from './cfn-nag.ts';
import { checkmarxOne } from './checkmarx-one.ts';
import { checkmarx } from './checkmarx.ts';
import { checkov } from './checkov.ts';
import { checkstyle } from './checkstyle.ts';
import { clair } from './clair.ts';
import { clangAnalyzer } from './clang-analyzer.ts';
import { clippy } from './clippy.ts';
import { cloudflareInsights } from './cloudflare-insights.ts';
import { cloudsploit } from './cloudsploit.ts';
import { cobalt } from './cobalt.ts';
import { codeClimate } from './code-climate.ts';
import { codechecker } from './codechecker.ts';
import { codeguru } from './codeguru.ts';
import { codenarc } from './codenarc.ts';
import { codeql } from './codeql.ts';
import { composerAudit } from './composer-audit.ts';
import { conftest } from './conftest.ts';
import { contrast } from './contrast.ts';
import { coreImpact } from './core-impact.ts';
import { coverity } from './coverity.ts';
import { cppcheck } from './cppcheck.ts';
import { crowdstrike } from './crowdstrike.ts';
import { crunch42 } from './crunch42.ts';
import { csaf } from './csaf.ts';
import { cyclonedx } from './cyclonedx.ts';
import { dawnscanner } from './dawnscanner.ts';
import { defenderForCloud } from './defender-for-cloud.ts';
import { depScan } from './dep-scan.ts';
import { dependencyCheck } from './dependency-check.ts';
import { dependencyTrack } from './dependency-track.ts';
import { deployguard } from './deployguard.ts';
import { detectSecrets } from './detect-secrets.ts';
import { dockerBench } from './docker-bench.ts';
import { dockle } from './dockle.ts';
import { dotnetList } from './dotnet-list.ts';
import { drheader } from './drheader.ts';
import { edgescan } from './edgescan.ts';
import { eslint } from './eslint.ts';
import { faraday } from './faraday.ts';
import { flake8 } from './flake8.ts';
import { flawfinder } from './flawfinder.ts';
import type { Format } from './format.ts';
import { fortify } from './fortify.ts';
import { fossa } from './fossa.ts';
import { fxcop } from './fxcop.ts';
import { gatekeeper } from './gatekeeper.ts';
import { gcpArtifactAnalysis } from './gcp-artifact-analysis.ts';
import { gcpSecurityCommandCenter } from './gcp-security-command-center.ts';
import { gendarme } from './gendarme.ts';
import { generic } from './generic.ts';
import { ggshield } from './ggshield.ts';
import { githubAlerts } from './github-alerts.ts';
import { gitlab } from './gitlab.ts';
import { gitleaks } from './gitleaks.ts';
import { golangciLint } from './golangci-lint.ts';
import { gosec } from './gosec.ts';
import { govulncheck } from './govulncheck.ts';
import { grype } from './grype.ts';
import { hackerone } from './hackerone.ts';
import { hadolint } from './hadolint.ts';
import { harbor } from './harbor.ts';
import { hclAppscan } from './hcl-appscan.ts';
import { hclAsocSast } from './hcl-asoc-sast.ts';
import { horusec } from './horusec.ts';
import { hydra } from './hydra.ts';
import { immuniweb } from './immuniweb.ts';
import { infer } from './infer.ts';
import { inspec } from './inspec.ts';
import { inspectcode } from './inspectcode.ts';
import { intellij } from './intellij.ts';
import { intsights } from './intsights.ts';
import { jfrogXray } from './jfrog-xray.ts';
import { kics } from './kics.ts';
import { kingfisher } from './kingfisher.ts';
import { kiuwan } from './kiuwan.ts';
import { klocwork } from './klocwork.ts';
import { kubeBench } from './kube-bench.ts';
import { kubeHunter } from './kube-hunter.ts';
import { kubeLinter } from './kube-linter.ts';
import { kubeScore } from './kube-score.ts';
import { kubeaudit } from './kubeaudit.ts';
import { kubescape } from './kubescape.ts';
import { kubesec } from './kubesec.ts';
import { lacework } from './lacework.ts';
import { legitify } from './legitify.ts';
import { lynis } from './lynis.ts';
import { mend } from './mend.ts';
import { metasploit } from './metasploit.ts';
import { meterian } from './meterian.ts';
import { mixAudit } from './mix-audit.ts';
import { mobsf } from './mobsf.ts';
import { msDefender } from './ms-defender.ts';
import { mypy } from './mypy.ts';
import { nancy } from './nancy.ts';
import { ncrack } from './ncrack.ts';
import { nessus } from './nessus.ts';
import { netsparker } from './netsparker.ts';
import { neuvector } from './neuvector.ts';
import { nexpose } from './nexpose.ts';
import { nikto } from './nikto.ts';
import { nipper } from './nipper.ts';
import { njsscan } from './njsscan.ts';
import { nmap } from './nmap.ts';
import { noseyparker } from './noseyparker.ts';
import { npmAudit } from './npm-audit.ts';
import { nuclei } from './nuclei.ts';
import { ocsf } from './ocsf.ts';
import { openvas } from './openvas.ts';
import { openvex } from './openvex.ts';
import { orca } from './orca.ts';
import { ort } from './ort.ts';
import { osvScanner } from './osv-scanner.ts';
import { outpost24 } from './outpost24.ts';
import { oxlint } from './oxlint.ts';
import { phpcs } from './phpcs.ts';
import { phpstan } from './phpstan.ts';
import { pipAudit } from './pip-audit.ts';
import { pmd } from './pmd.ts';
import { polaris } from './polaris.ts';
import { policyReport } from './policy-report.ts';
import { popeye } from './popeye.ts';
import { poutine } from './poutine.ts';
import { powerpipe } from './powerpipe.ts';
import { prefast } from './prefast.ts';
import { prismaCloud } from './prisma-cloud.ts';
import { progpilot } from './progpilot.ts';
import { prowler } from './prowler.ts';
import { psalm } from './psalm.ts';
import { pvsStudio } from './pvs-studio.ts';
import { pylint } from './pylint.ts';
import { pyright } from './pyright.ts';
import { qualysWebapp } from './qualys-webapp.ts';
import { qualys } from './qualys.ts';
import { rapplex } from './rapplex.ts';
import { regula } from './regula.ts';
import { retire } from './retire.ts';
import { reviewdog } from './reviewdog.ts';
import { riskRecon } from './risk-recon.ts';
import { roxctl } from './roxctl.ts';
import { rubocop } from './rubocop.ts';
import { ruff } from './ruff.ts';
import { rustyHog } from './rusty-hog.ts';
import { safety } from './safety.ts';
import { saint } from './saint.ts';
import { sarif } from './sarif.ts';
import { satellite } from './satellite.ts';
import { scantist } from './scantist.ts';
import { scorecard } from './scorecard.ts';
import { scoutSuite } from './scout-suite.ts';
import { secretlint } from './secretlint.ts';
import { seeker } from './seeker.ts';
import { semgrep } from './semgrep.ts';
import { shellcheck } from './shellcheck.ts';
import { snykIssues } from './snyk-issues.ts';
import { snyk } from './snyk.ts';
import { sobelow } from './sobelow.ts';
import { solarAppscreener } from './solar-appscreener.ts';
import { sonarqube } from './sonarqube.ts';
import { sonatypeIq } from './sonatype-iq.ts';
import { spdx } from './spdx.ts';
import { spotbugs } from './spotbugs.ts';
import { sshAudit } from './ssh-audit.ts';
import { sslLabs } from './ssl-labs.ts';
import { sslscan } from './sslscan.ts';
import { sslyze } from './sslyze.ts';
import { stackhawk } from './stackhawk.ts';
import { staticcheck } from './staticcheck.ts';
import { stig } from './stig.ts';
import { stylelint } from './stylelint.ts';
import { swiftlint } from './swiftlint.ts';
import { symfonySecurityCheck } from './symfony-security-check.ts';
import { synack } from './synack.ts';
import { sysdig } from './sysdig.ts';
import { talisman } from './talisman.ts';
import { terrascan } from './terrascan.ts';
import { testssl } from './testssl.ts';
import { tflint } from './tflint.ts';
import { tfsec } from './tfsec.ts';
import { trivyOperator } from './trivy-operator.ts';
import { trivy } from './trivy.ts';
import { trufflehog } from './trufflehog.ts';
import { trufflehog3 } from './trufflehog3.ts';
import { trustwave } from './trustwave.ts';
import { tslint } from './tslint.ts';
import { twistlock } from './twistlock.ts';
import { valgrind } from './valgrind.ts';
import { veracode } from './veracode.ts';
import { visualCodeGrepper } from './visual-code-grepper.ts';
import { vulners } from './vulners.ts';
import { vuls } from './vuls.ts';
import { w3af } from './w3af.ts';
import { wapiti } from './wapiti.ts';
import { wazuh } from './wazuh.ts';
import { webinspect } from './webinspect.ts';
import { whispers } from './whispers.ts';
import { whitehatSentinel } from './whitehat-sentinel.ts';
import { wiz } from './wiz.ts';
import { wpscan } from './wpscan.ts';
import { xanitizer } from './xanitizer.ts';
import { xccdf } from './xccdf.ts';
import { xeol } from './xeol.ts';
import { yarnAudit } from './yarn-audit.ts';
import { zap } from './zap.ts';
import { zizmor } from './zizmor.ts';

/** All scanners whose reports are read, sorted; a test compares the list with the folder. */
export const formats: readonly Format[] = [
  actionlint,
  acunetix,
  anchorePolicy,
  anchore,
  androidLint,
  appcheck,
  appspider,
  aqua,
  arachni,
  auditjs,
  awsAccessAnalyzer,
  awsConfig,
  awsEcr,
  awsGuardduty,
  awsInspector2,
  awsSecurityHub,
  bandit,
  bearer,
  bitsight,
  blackduckBinaryAnalysis,
  blackduck,
  brakeman,
  bugcrowd,
  bundlerAudit,
  burp,
  cargoAudit,
  cfnLint,
  cfnNag,
  checkmarxOne,
  checkmarx,
  checkov,
  checkstyle,
  clair,
  clangAnalyzer,
  clippy,
  cloudflareInsights,
  cloudsploit,
  cobalt,
  codeClimate,
  codechecker,
  codeguru,
  codenarc,
  codeql,
  composerAudit,
  conftest,
  contrast,
  coreImpact,
  coverity,
  cppcheck,
  crowdstrike,
  crunch42,
  csaf,
  cyclonedx,
  dawnscanner,
  defenderForCloud,
  depScan,
  dependencyCheck,
  dependencyTrack,
  deployguard,
  detectSecrets,
  dockerBench,
  dockle,
  dotnetList,
  drheader,
  edgescan,
  eslint,
  faraday,
  flake8,
  flawfinder,
  fortify,
  fossa,
  fxcop,
  gatekeeper,
  gcpArtifactAnalysis,
  gcpSecurityCommandCenter,
  gendarme,
  generic,
  ggshield,
  githubAlerts,
  gitlab,
  gitleaks,
  golangciLint,
  gosec,
  govulncheck,
  grype,
  hackerone,
  hadolint,
  harbor,
  hclAppscan,
  hclAsocSast,
  horusec,
  hydra,
  immuniweb,
  infer,
  inspec,
  inspectcode,
  intellij,
  intsights,
  jfrogXray,
  kics,
  kingfisher,
  kiuwan,
  klocwork,
  kubeBench,
  kubeHunter,
  kubeLinter,
  kubeScore,
  kubeaudit,
  kubescape,
  kubesec,
  lacework,
  legitify,
  lynis,
  mend,
  metasploit,
  meterian,
  mixAudit,
  mobsf,
  msDefender,
  mypy,
  nancy,
  ncrack,
  nessus,
  netsparker,
  neuvector,
  nexpose,
  nikto,
  nipper,
  njsscan,
  nmap,
  noseyparker,
  npmAudit,
  nuclei,
  ocsf,
  openvas,
  openvex,
  orca,
  ort,
  osvScanner,
  outpost24,
  oxlint,
  phpcs,
  phpstan,
  pipAudit,
  pmd,
  polaris,
  policyReport,
  popeye,
  poutine,
  powerpipe,
  prefast,
  prismaCloud,
  progpilot,
  prowler,
  psalm,
  pvsStudio,
  pylint,
  pyright,
  qualysWebapp,
  qualys,
  rapplex,
  regula,
  retire,
  reviewdog,
  riskRecon,
  roxctl,
  rubocop,
  ruff,
  rustyHog,
  safety,
  saint,
  sarif,
  satellite,
  scantist,
  scorecard,
  scoutSuite,
  secretlint,
  seeker,
  semgrep,
  shellcheck,
  snykIssues,
  snyk,
  sobelow,
  solarAppscreener,
  sonarqube,
  sonatypeIq,
  spdx,
  spotbugs,
  sshAudit,
  sslLabs,
  sslscan,
  sslyze,
  stackhawk,
  staticcheck,
  stig,
  stylelint,
  swiftlint,
  symfonySecurityCheck,
  synack,
  sysdig,
  talisman,
  terrascan,
  testssl,
  tflint,
  tfsec,
  trivyOperator,
  trivy,
  trufflehog,
  trufflehog3,
  trustwave,
  tslint,
  twistlock,
  valgrind,
  veracode,
  visualCodeGrepper,
  vulners,
  vuls,
  w3af,
  wapiti,
  wazuh,
  webinspect,
  whispers,
  whitehatSentinel,
  wiz,
  wpscan,
  xanitizer,
  xccdf,
  xeol,
  yarnAudit,
  zap,
  zizmor,
];

/** The format with an id such as `trivy`. */
export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
