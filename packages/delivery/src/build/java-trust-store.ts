/** Java knows certificates in stores of its own only. This makes one of a file of them: `java TrustStore.java FROM.pem TO.p12`. */
const program = `import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;

class TrustStore {
  public static void main(String[] paths) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream from = Files.newInputStream(Path.of(paths[0]))) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(from))
        store.setCertificateEntry(String.valueOf(store.size()), certificate);
    }
    try (OutputStream to = Files.newOutputStream(Path.of(paths[1]))) {
      store.store(to, "changeit".toCharArray());
    }
  }
}`;

const store = '/tmp/authorities.p12';

/** Lines for a shell, after which every Java that it starts trusts these authorities and no others. Nobody keeps what they write: it is no secret. */
export function writeTrustStore(authoritiesPath: string): string {
  return [
    `cat >/tmp/TrustStore.java <<'END'\n${program}\nEND`,
    `java /tmp/TrustStore.java ${authoritiesPath} ${store} || exit`,
    `export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit'`,
  ].join('\n');
}
