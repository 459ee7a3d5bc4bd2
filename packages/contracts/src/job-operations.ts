import Type from 'typebox';
import { CreateJob, Job, JobAccepted, JobDetails, JobEvent, JobProof, JobSecret, ProofKey, PushJob } from './jobs.ts';
import { SecretsSelected, SelectSecrets, jobFilters, secretFilters } from './jobs.ts';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { oneOf, parameters, uuid } from './schema.ts';
import { archiveFormats, reportFormats } from './words.ts';

const tag = 'Jobs';
const params = parameters({ id: uuid });

export const createJob = defineOperation({
  id: 'createJob',
  method: 'POST',
  path: '/api/v2/jobs',
  summary: 'Scan a repository for secrets',
  tag,
  access: 'jobs:write',
  body: CreateJob,
  answers: { 202: JobAccepted },
  needsBroker: true,
  idempotent: true,
});

export const listJobs = defineOperation({
  id: 'listJobs',
  method: 'GET',
  path: '/api/v2/jobs',
  summary: "List the caller's jobs",
  tag,
  access: 'jobs:read',
  query: parameters({ ...pageQuery, ...jobFilters }),
  answers: { 200: pageOf('JobPage', Job) },
});

export const getJob = defineOperation({
  id: 'getJob',
  method: 'GET',
  path: '/api/v2/jobs/{id}',
  summary: 'Show a job and the secrets that it found',
  tag,
  access: 'jobs:read',
  params,
  answers: { 200: JobDetails },
});

export const deleteJob = defineOperation({
  id: 'deleteJob',
  method: 'DELETE',
  path: '/api/v2/jobs/{id}',
  summary: 'Cancel a job and delete what it stored',
  tag,
  access: 'jobs:write',
  params,
  answers: { 202: Job },
});

export const listJobSecrets = defineOperation({
  id: 'listJobSecrets',
  method: 'GET',
  path: '/api/v2/jobs/{id}/secrets',
  summary: 'List the secrets that a job found',
  tag,
  access: 'jobs:read',
  params,
  query: parameters({ ...pageQuery, ...secretFilters }),
  answers: { 200: pageOf('JobSecretPage', JobSecret) },
});

export const selectJobSecrets = defineOperation({
  id: 'selectJobSecrets',
  method: 'POST',
  path: '/api/v2/jobs/{id}/secrets/select',
  summary: 'Choose which secrets are cleaned',
  tag,
  access: 'jobs:write',
  params,
  body: SelectSecrets,
  answers: { 200: SecretsSelected },
  idempotent: true,
});

export const cleanJob = defineOperation({
  id: 'cleanJob',
  method: 'POST',
  path: '/api/v2/jobs/{id}/clean',
  summary: 'Rewrite the history without the selected secrets',
  tag,
  access: 'jobs:write',
  params,
  answers: { 202: JobAccepted },
  needsBroker: true,
  idempotent: true,
});

export const downloadJob = defineOperation({
  id: 'downloadJob',
  method: 'GET',
  path: '/api/v2/jobs/{id}/download',
  summary: 'Download the cleaned repository',
  tag,
  access: 'jobs:read',
  params,
  query: parameters({ format: Type.Optional(oneOf(archiveFormats, { default: 'zip' })) }),
  answers: { 302: Type.Null({ description: 'To a signed address that is valid for a few minutes.' }) },
  dependsOnState: true,
});

export const pushJob = defineOperation({
  id: 'pushJob',
  method: 'POST',
  path: '/api/v2/jobs/{id}/push',
  summary: 'Push the cleaned repository to a target',
  tag,
  access: 'jobs:write',
  params,
  body: PushJob,
  answers: { 202: JobAccepted },
  needsBroker: true,
  idempotent: true,
});

export const getJobReport = defineOperation({
  id: 'getJobReport',
  method: 'GET',
  path: '/api/v2/jobs/{id}/report',
  summary: 'Download the report of the scan',
  tag,
  access: 'jobs:read',
  params,
  query: parameters({ format: Type.Optional(oneOf(reportFormats, { default: 'json' })) }),
  answers: { 200: Type.String({ description: 'The report.' }) },
  files: ['application/json', 'application/sarif+json', 'text/csv', 'text/html'],
  dependsOnState: true,
});

export const followJob = defineOperation({
  id: 'followJob',
  method: 'GET',
  path: '/api/v2/jobs/{id}/events',
  summary: 'Follow a job: log lines and progress, from the beginning or from a sequence on',
  tag,
  access: 'jobs:read',
  params,
  query: parameters({
    from_sequence: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 53 - 1, description: 'The first event that is wanted.' })),
  }),
  answers: { 200: JobEvent },
  streams: true,
});

export const getJobProof = defineOperation({
  id: 'getJobProof',
  method: 'GET',
  path: '/api/v2/jobs/{id}/proof',
  summary: 'Show the signed proof that nothing selected remains',
  tag,
  access: 'jobs:read',
  params,
  answers: { 200: JobProof },
  dependsOnState: true,
});

export const getProofKey = defineOperation({
  id: 'getProofKey',
  method: 'GET',
  path: '/api/v2/proof-key',
  summary: 'Show the key that checks the signatures of proofs',
  tag,
  access: 'jobs:read',
  answers: { 200: ProofKey },
});
