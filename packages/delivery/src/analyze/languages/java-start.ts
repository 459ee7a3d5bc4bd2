/** The property that says on which port it listens, where the framework has one; it is stronger than what its files say. */
const portProperties: Readonly<Record<string, string>> = {
  // https://docs.spring.io/spring-boot/how-to/webserver.html, https://quarkus.io/guides/http-reference, https://docs.micronaut.io/latest/guide/#runningSpecificPort
  'spring-boot': 'server.port',
  quarkus: 'quarkus.http.port',
  micronaut: 'micronaut.server.port',
};

export function startArchive(framework: string | undefined, archive: string): string {
  const option = portOption(framework);
  return `java ${option === undefined ? '' : `${option} `}-jar ${archive}`;
}

/** A script that Gradle writes, which gives Java what `JAVA_OPTS` says (https://docs.gradle.org/current/userguide/application_plugin.html). */
export function startScript(framework: string | undefined, script: string): string {
  const option = portOption(framework);
  return option === undefined ? script : `JAVA_OPTS="${option} $JAVA_OPTS" ${script}`;
}

function portOption(framework: string | undefined): string | undefined {
  const property = portProperties[framework ?? ''];
  return property === undefined ? undefined : `-D${property}=\${PORT:-8080}`;
}
