/** Images that start a server by themselves, with the port that it listens on. */
const serversByImage: readonly (readonly [image: RegExp, port: number])[] = [
  [/(?:^|\/)nginx-unprivileged$|^bitnami\/nginx$/, 8080],
  [/^(?:library\/)?(?:nginx|httpd|caddy)$|^openresty\/openresty$/, 80],
  [/^(?:library\/)?(?:tomcat|jetty)$/, 8080],
  [/^joseluisq\/static-web-server$/, 80],
  [/^halverneus\/static-file-server$/, 8080],
  [/^(?:webdevops\/php-(?:nginx|apache)|richarvey\/nginx-php-fpm)$/, 80],
  [/^trafex\/php-nginx$/, 8080],
];

/** Those that only some variants of an image hold, which its tag names. */
const serversByTag: readonly (readonly [image: RegExp, tag: RegExp, port: number])[] = [
  [/^(?:library\/)?php$/, /(?:^|-)apache(?:-|$)/, 80],
  [/^serversideup\/php$/, /(?:^|-)(?:nginx|apache|unit|frankenphp)(?:-|$)/, 8080],
];

/** Where the server of an image listens that starts it by itself. */
export function findImageServer(base: string): number | undefined {
  const [, name, tag = ''] =
    /^(?:docker\.io\/|ghcr\.io\/|public\.ecr\.aws\/docker\/)?([^:@\s]{1,200})(?::([^@\s]{1,200}))?/.exec(base) ?? [];
  if (name === undefined) return undefined;
  return (
    serversByImage.find(([image]) => image.test(name))?.[1] ??
    serversByTag.find(([image, variant]) => image.test(name) && variant.test(tag))?.[2]
  );
}
