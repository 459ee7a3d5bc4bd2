import { type Application, type Deployment, operations, type Release } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { listAll } from '../client/list-all.ts';
import type { ServerClient } from '../client/server-client.ts';

/** The application of this name. @throws {CliError} `APPLICATION_NOT_FOUND` */
export async function getApplication(client: ServerClient, name: string): Promise<Application> {
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= 40;
  const found = isName ? (await client.call(operations.listApplications, { query: { name } })).items[0] : undefined;
  if (found !== undefined) return found;
  throw new CliError('APPLICATION_NOT_FOUND', `There is no application "${name}". \`deployguard apps list\` shows those that there are.`);
}

/** Its deployment of this number; the last one by default. @throws {CliError} `APPLICATION_NOT_FOUND` */
export async function getDeploymentOf(client: ServerClient, name: string, number?: number): Promise<Deployment> {
  await getApplication(client, name);
  let cursor: string | undefined;
  do {
    const query = { application: name, limit: number === undefined ? 1 : 200, ...(cursor !== undefined && { cursor }) };
    const page = await client.call(operations.listDeployments, { query });
    const found = page.items.find((deployment) => number === undefined || deployment.number === number);
    if (found !== undefined) return found;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  throw new CliError('APPLICATION_NOT_FOUND', `${name} has no deployment${number === undefined ? '' : ` ${number}`}.`);
}

/** The id of its release of this number; of the one that users have by default. @throws {CliError} `APPLICATION_NOT_FOUND` */
export async function getReleaseIdOf(client: ServerClient, name: string, number: number | undefined): Promise<string> {
  if (number !== undefined) return (await getReleaseOf(client, (await getDeploymentOf(client, name)).id, number)).id;
  const { current_release_id: id } = await getApplication(client, name);
  if (id !== null) return id;
  throw new CliError('APPLICATION_NOT_FOUND', `${name} has no current release; --release <number> names another.`);
}

/** The release of this number, of the application of a deployment. @throws {CliError} `APPLICATION_NOT_FOUND` */
export async function getReleaseOf(client: ServerClient, deploymentId: string, number: number): Promise<Release> {
  const { items } = await listAll({ limit: 1, all: true }, (page) =>
    client.call(operations.listDeploymentReleases, { params: { id: deploymentId }, query: page }),
  );
  const found = items.find((release) => release.number === number);
  if (found !== undefined) return found;
  throw new CliError('APPLICATION_NOT_FOUND', `There is no release ${number}. \`deployguard apps releases\` lists them.`);
}
