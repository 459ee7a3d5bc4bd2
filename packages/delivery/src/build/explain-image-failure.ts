import { DeliveryError } from '../delivery-error.ts';
import { findTellingLine } from '../logs/find-telling-line.ts';

/**
 * Why an engine's build failed, from its exit code and the last lines that it printed: those of the steps and, among them, its own. What it was
 * that failed is told from the latter alone. Known are those of Podman (Buildah) and of Docker (BuildKit, `--progress=plain`).
 *
 * @param isDiskFull of the engine: then a command that found no room is right
 */
export function explainImageFailure(exitCode: number, lines: readonly string[], isDiskFull: boolean): DeliveryError {
  const tail = lines.join('\n');
  const reason = findEnginesReason(lines);
  if (/no space left on device/i.test(isDiskFull ? tail : reason))
    return new DeliveryError('DISK_FULL', `The build of the image was stopped: there is no room left on the disk.\n${tail}`);
  if (engineFailed.test(reason) && !commandIsMissing.test(reason))
    return new DeliveryError('ENGINE_FAILED', `The container engine could not do a step of the build.\n${tail}`);
  if (isUnreachable.test(reason)) return new DeliveryError('REGISTRY_UNREACHABLE', `A base image could not be fetched.\n${tail}`);
  return new DeliveryError('BUILD_FAILED', `${describe(exitCode, lines)}\n${tail}`);
}

/** What the engine has to say of the end, without the text of the step; of a command, only what kept it from starting. */
function findEnginesReason(lines: readonly string[]): string {
  const index = lines.findLastIndex((line) => /^(?:Error|ERROR): /.test(line));
  // An engine has the last word.
  const line = lines.at(index) ?? '';
  if (!commandFailed.test(line)) return stepOf.exec(line)?.groups?.['reason'] ?? line;
  return (
    lines
      .slice(0, index)
      .slice(-runtimeLines)
      .findLast((text) => text.startsWith('error running container: ')) ?? ''
  );
}

/** Between what Podman's runtime complains of and the end there are a few lines at most. */
const runtimeLines = 4;
const commandFailed =
  /^Error: building at STEP ".*": while running runtime: exit status \d+|^ERROR: .*process ".*" did not complete successfully: exit code: \d+/;
const stepOf = /^(?:Error: building at STEP|ERROR: failed to (?:solve|build): (?:failed to solve: )?process) ".*?"(?:: | )(?<reason>.*)$/;

/** Of a registry; commands of the build have networks of their own. */
const isUnreachable =
  /pinging container registry|initializing source docker:|connection (?:refused|reset)|no such host|network is unreachable|no route to host|i\/o timeout|TLS handshake timeout|deadline exceeded|unexpected EOF|manifest unknown|too ?many ?requests|\b5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)/i;
const engineFailed =
  /OCI runtime|crun:|runc (?:create|run) failed|(?:cannot|failed to) connect to the docker|code = Unavailable|committing container|database is locked|(?:layer|image) not known/i;
/** `RUN ["there-is-no-such-program"]` is for the runtime to refuse, and the Dockerfile's fault. */
const commandIsMissing = /exec: .{1,300}: (?:executable file not found|no such file or directory|permission denied|is a directory)/i;

/** The step that failed, and how: its status, or what the engine has against it. */
const podmanStep =
  /^Error: building at STEP "(?:(?<step>.*)": while running runtime: exit status (?<status>\d+)|(?<refused>.*?)": (?<reason>.*))$/;
const dockerStep =
  /^ERROR: failed to (?:solve|build): (?:failed to solve: )?process "(?<step>.*)" did not complete successfully: exit code: (?<status>\d+)/;
/** What engines print of their own doings. */
const isEngines =
  /^(?:\[\d+\/\d+\] )?STEP \d+|^-->|^COMMIT\b|^Error: building at STEP |^error running container|^: exit status \d|^time="|^[0-9a-f]{64}$|^#\d+ (?:DONE|CACHED|ERROR|CANCELED|\[)|^ERROR: failed to |^-{6}|^Dockerfile:\d|^ *\d+ \| /;
/** Where the files of a build lie is nobody's business, and in the message of a missing one there is nothing else before its name. */
const whereSourcesAre = /^checking on sources under "[^"]*": (?:copier: )?/;

function describe(exitCode: number, lines: readonly string[]): string {
  const found = lines.map((line) => podmanStep.exec(line) ?? dockerStep.exec(line)).findLast((match) => match !== null);
  const { step, status = exitCode, refused = step, reason } = found?.groups ?? {};
  const where = refused === undefined ? '' : ` at \`${shorten(refused)}\``;
  if (reason !== undefined) return `The build of the image failed${where}: ${shorten(reason.replace(whereSourcesAre, ''))}`;
  const printed = lines.filter((line) => !isEngines.test(line)).map((line) => line.replace(/^#\d+ [\d.]+ /, ''));
  const line = findTellingLine(printed);
  return `The build of the image failed${where} with status ${status}.${line === undefined ? '' : ` It printed: ${shorten(line)}${advise(line)}`}`;
}

/** An entry of the map stands for all variants of an image, also for those that have another package manager. */
function advise(line: string): string {
  const manager = /\b(apk|apt-get|apt|dnf|yum|microdnf): (?:command )?not found/.exec(line)?.[1];
  if (manager === undefined) return '';
  return ` (the image that stands for the Dockerfile's base has no ${manager}: have another put into the map of base images under its full name, or build without the Dockerfile, by \`dockerfile: none\`)`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
