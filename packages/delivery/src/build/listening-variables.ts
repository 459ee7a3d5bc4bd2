/**
 * What servers for Node read that would otherwise listen at `localhost`, which is reached from no other machine, and which may be the address of
 * IPv6 alone: Astro's and many of applications (`HOST`), Next's where it stands alone, which takes the name that a container has (`HOSTNAME`),
 * and the command line of Fastify.
 */
const names = ['HOST', 'HOSTNAME', 'FASTIFY_ADDRESS'];

/** By their names, the variables that tell servers of a language to listen at an address. */
export function listListeningVariables(language: string | undefined, address: string): Record<string, string> {
  return language === 'node' ? Object.fromEntries(names.map((name) => [name, address])) : {};
}
