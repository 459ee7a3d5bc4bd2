import Type from 'typebox';
import {
  Build,
  CreateDeployment,
  Deployment,
  DeploymentEvent,
  Infrastructure,
  Release,
  RollBackDeployment,
  UpdateRelease,
} from './deployments.ts';
import { applicationName } from './applications.ts';
import { defineOperation } from './operation.ts';
import { ReleaseEvidence } from './release-evidence.ts';
import { pageOf, pageQuery } from './paging.ts';
import { jsonObject, oneOf, parameters, uuid } from './schema.ts';
import { deploymentStatuses } from './words.ts';

const tag = 'Deployments';
const params = parameters({ id: uuid });

export const createDeployment = defineOperation({
  id: 'createDeployment',
  method: 'POST',
  path: '/api/v2/deployments',
  summary: 'Deploy a repository',
  tag,
  access: 'deployments:write',
  body: CreateDeployment,
  answers: { 202: Deployment },
  needsBroker: true,
  idempotent: true,
});

export const listDeployments = defineOperation({
  id: 'listDeployments',
  method: 'GET',
  path: '/api/v2/deployments',
  summary: 'List the deployments',
  tag,
  access: 'deployments:read',
  query: parameters({ ...pageQuery, status: Type.Optional(oneOf(deploymentStatuses)), application: Type.Optional(applicationName) }),
  answers: { 200: pageOf('DeploymentPage', Deployment) },
});

export const getDeployment = defineOperation({
  id: 'getDeployment',
  method: 'GET',
  path: '/api/v2/deployments/{id}',
  summary: 'Show a deployment',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: Deployment },
});

export const deleteDeployment = defineOperation({
  id: 'deleteDeployment',
  method: 'DELETE',
  path: '/api/v2/deployments/{id}',
  summary: 'Cancel a deployment that is under way, or destroy what it created',
  tag,
  access: 'deployments:write',
  params,
  query: parameters({
    only: Type.Optional(oneOf(['cancel'], { description: '`cancel`: 409 when it is not under way any more, instead of destroying it.' })),
  }),
  answers: { 202: Deployment },
  needsBroker: true,
});

export const followDeployment = defineOperation({
  id: 'followDeployment',
  method: 'GET',
  path: '/api/v2/deployments/{id}/logs',
  summary: 'Follow a deployment: log lines of build and application, and progress',
  tag,
  access: 'deployments:read',
  params,
  query: parameters({
    from_sequence: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 53 - 1, description: 'The first event that is wanted.' })),
  }),
  answers: { 200: DeploymentEvent },
  streams: true,
});

export const rollBackDeployment = defineOperation({
  id: 'rollBackDeployment',
  method: 'POST',
  path: '/api/v2/deployments/{id}/rollback',
  summary: 'Lead users back to an older release, with its configuration and secrets',
  tag,
  access: 'deployments:write',
  params,
  body: RollBackDeployment,
  answers: { 202: Deployment },
  needsBroker: true,
  idempotent: true,
});

export const listDeploymentReleases = defineOperation({
  id: 'listDeploymentReleases',
  method: 'GET',
  path: '/api/v2/deployments/{id}/releases',
  summary: 'List the releases of the application of a deployment, newest first',
  tag,
  access: 'deployments:read',
  params,
  query: parameters(pageQuery),
  answers: { 200: pageOf('ReleasePage', Release) },
});

export const updateRelease = defineOperation({
  id: 'updateRelease',
  method: 'PATCH',
  path: '/api/v2/releases/{id}',
  summary: 'Pin a release, so that it is kept, or let it go its way',
  tag,
  access: 'deployments:write',
  params,
  body: UpdateRelease,
  answers: { 200: Release },
});

export const getReleaseSbom = defineOperation({
  id: 'getReleaseSbom',
  method: 'GET',
  path: '/api/v2/releases/{id}/sbom',
  summary: 'What a release is made of: its bill of materials, CycloneDX',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: jsonObject },
  dependsOnState: true,
});

export const getReleaseEvidence = defineOperation({
  id: 'getReleaseEvidence',
  method: 'GET',
  path: '/api/v2/releases/{id}/evidence',
  summary: 'Who vouches for a release: its signatures, and what a scanner found',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: ReleaseEvidence },
  dependsOnState: true,
});

export const listDeploymentBuilds = defineOperation({
  id: 'listDeploymentBuilds',
  method: 'GET',
  path: '/api/v2/deployments/{id}/builds',
  summary: 'List the builds of a deployment',
  tag,
  access: 'deployments:read',
  params,
  query: parameters(pageQuery),
  answers: { 200: pageOf('BuildPage', Build) },
});

export const listDeploymentInfrastructure = defineOperation({
  id: 'listDeploymentInfrastructure',
  method: 'GET',
  path: '/api/v2/deployments/{id}/infrastructure',
  summary: 'List what was made for a deployment',
  tag,
  access: 'deployments:read',
  params,
  query: parameters(pageQuery),
  answers: { 200: pageOf('InfrastructurePage', Infrastructure) },
});
