import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { entity, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';
import { targetKinds } from './words.ts';

/** As it stands in addresses: a label of a host name. */
export const applicationName = Type.String({
  maxLength: 40,
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  description: 'Lower-case letters, digits and hyphens: it becomes part of the address.',
});

export const Application = entity('Application', {
  id: uuid,
  name: Type.String(),
  target: oneOf(targetKinds),
  url: Type.String({ description: 'Where its users find it.' }),
  domains: Type.Array(Type.String(), { description: 'Its own host names beside that address.' }),
  state: oneOf(['empty', 'running', 'crashing', 'stopped'], {
    description:
      '`empty`: nothing was deployed yet, or what was is destroyed. `crashing`: nothing of what users reach runs just now; it is started again and again.',
  }),
  instances: nullable(Type.Integer({ description: 'How many run side by side when that was set by hand; else its configuration says.' })),
  processes: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
    description: 'How many of each process run when it is not stopped. `web` is the one that users reach.',
  }),
  instance_states: Type.Array(
    entity('ApplicationInstance', {
      process: Type.String(),
      status: oneOf(['running', 'restarting', 'exited']),
      restarts: Type.Integer({ description: 'How often it ended and was started again.' }),
      started_at: timestamp,
      last_exit: nullable(
        entity('InstanceExit', {
          exit_code: Type.Integer(),
          reason: oneOf(['exit', 'signal', 'memory', 'pids', 'disk', 'stopped']),
          at: timestamp,
        }),
      ),
    }),
    { description: 'Of the release that users have, as far as the machine of this API runs it.' },
  ),
  current_release_id: nullable(uuid),
  /** The deployment that users get. */
  current_deployment_id: nullable(uuid),
  is_changing: Type.Boolean({ description: 'A deployment, rollback or the like is under way.' }),
  is_being_destroyed: Type.Boolean({ description: 'It was asked to be destroyed; when that is done it is gone.' }),
  created_at: timestamp,
  updated_at: timestamp,
});
export type Application = Static<typeof Application>;

const variableName = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });

export const ApplicationEnv = entity('ApplicationEnv', {
  items: Type.Array(
    entity('EnvVariable', {
      name: Type.String(),
      updated_at: timestamp,
      is_in_use: Type.Boolean({ description: 'What runs was started with this value. Otherwise the next deployment has it.' }),
    }),
    {
      description: 'By name. Values are never shown.',
    },
  ),
});
export type ApplicationEnv = Static<typeof ApplicationEnv>;

export const SetApplicationEnv = entity(
  'SetApplicationEnv',
  {
    set: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
        Type.String({ maxLength: 65_536, pattern: '^[^\\u0000]*$' }),
        {
          description: 'Values by name.',
          maxProperties: 200,
          additionalProperties: Type.Never(),
        },
      ),
    ),
    unset: Type.Optional(Type.Array(variableName, { maxItems: 200, uniqueItems: true })),
  },
  {
    description:
      'What is not named stays. Values are kept encrypted and are given to the application when it is started: the next deployment has them.',
    examples: [{ set: { LOG_LEVEL: 'info' }, unset: ['OLD_SETTING'] }],
  },
);

const hostName = Type.String({
  minLength: 4,
  maxLength: 254,
  description:
    'A host name such as shop.example.com. It is kept in lower case, without a dot at its end; letters beyond ASCII become the `xn--` form.',
});

export const SetApplicationDomains = entity(
  'SetApplicationDomains',
  { domains: Type.Array(hostName, { maxItems: 20, uniqueItems: true }) },
  {
    description: 'Exactly these lead to the application beside its own address; their DNS must lead to the router.',
    examples: [{ domains: ['shop.example.com'] }],
  },
);

export const ApplicationDomains = entity('ApplicationDomains', { domains: Type.Array(Type.String()) });
export type ApplicationDomains = Static<typeof ApplicationDomains>;

export const ScaleApplication = entity(
  'ScaleApplication',
  {
    instances: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'How many of the program that users reach.' })),
    processes: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,15}$' }), Type.Integer({ minimum: 0, maximum: 100 }), {
        description: 'How many of each process beside it, by name. What is not named stays.',
        maxProperties: 50,
        additionalProperties: Type.Never(),
      }),
    ),
  },
  { examples: [{ instances: 2 }] },
);

const tag = 'Applications';
const params = parameters({ id: uuid });

export const listApplications = defineOperation({
  id: 'listApplications',
  method: 'GET',
  path: '/api/v2/applications',
  summary: 'List the applications',
  tag,
  access: 'deployments:read',
  query: parameters({ ...pageQuery, name: Type.Optional(applicationName) }),
  answers: { 200: pageOf('ApplicationPage', Application) },
});

export const getApplication = defineOperation({
  id: 'getApplication',
  method: 'GET',
  path: '/api/v2/applications/{id}',
  summary: 'Show an application',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: Application },
});

export const deleteApplication = defineOperation({
  id: 'deleteApplication',
  method: 'DELETE',
  path: '/api/v2/applications/{id}',
  summary: 'Destroy an application: what runs, its releases, its settings',
  tag,
  access: 'deployments:write',
  params,
  answers: { 202: Application },
  needsBroker: true,
});

export const getApplicationEnv = defineOperation({
  id: 'getApplicationEnv',
  method: 'GET',
  path: '/api/v2/applications/{id}/env',
  summary: 'List the names of the variables that an application is started with',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: ApplicationEnv },
});

export const setApplicationEnv = defineOperation({
  id: 'setApplicationEnv',
  method: 'PATCH',
  path: '/api/v2/applications/{id}/env',
  summary: 'Set and unset variables of an application',
  tag,
  access: 'deployments:write',
  params,
  body: SetApplicationEnv,
  answers: { 200: ApplicationEnv },
});

export const getApplicationDomains = defineOperation({
  id: 'getApplicationDomains',
  method: 'GET',
  path: '/api/v2/applications/{id}/domains',
  summary: 'List the host names of an application',
  tag,
  access: 'deployments:read',
  params,
  answers: { 200: ApplicationDomains },
});

export const setApplicationDomains = defineOperation({
  id: 'setApplicationDomains',
  method: 'PUT',
  path: '/api/v2/applications/{id}/domains',
  summary: 'Choose the host names of an application',
  tag,
  access: 'deployments:write',
  params,
  body: SetApplicationDomains,
  answers: { 200: ApplicationDomains },
  needsBroker: true,
  idempotent: true,
});

export const scaleApplication = defineOperation({
  id: 'scaleApplication',
  method: 'POST',
  path: '/api/v2/applications/{id}/scale',
  summary: 'Choose how many instances of an application run',
  tag,
  access: 'deployments:write',
  params,
  body: ScaleApplication,
  answers: { 202: Application },
  needsBroker: true,
  idempotent: true,
});

export const stopApplication = defineOperation({
  id: 'stopApplication',
  method: 'POST',
  path: '/api/v2/applications/{id}/stop',
  summary: 'Stop an application; it can be started again',
  tag,
  access: 'deployments:write',
  params,
  answers: { 202: Application },
  needsBroker: true,
  idempotent: true,
});

export const startApplication = defineOperation({
  id: 'startApplication',
  method: 'POST',
  path: '/api/v2/applications/{id}/start',
  summary: 'Start an application that was stopped',
  tag,
  access: 'deployments:write',
  params,
  answers: { 202: Application },
  needsBroker: true,
  idempotent: true,
});

/** One line of what an instance of an application prints. `sequence` rises; there are gaps. */
const ApplicationLogLine = entity('ApplicationLogLine', {
  sequence: Type.Integer({ minimum: 1 }),
  kind: Type.String({ description: '`log`.' }),
  data: Type.Object(
    {
      instance: Type.String(),
      process: Type.String({ description: '`web`, or the name of a process beside it.' }),
      stream: oneOf(['stdout', 'stderr', 'system'], { description: '`system`: a remark of the platform.' }),
      line: Type.String({
        description: 'Without control characters, and without the values of the variables that were set for the application.',
      }),
    },
    { additionalProperties: false },
  ),
  created_at: timestamp,
});

export const followApplication = defineOperation({
  id: 'followApplication',
  method: 'GET',
  path: '/api/v2/applications/{id}/logs',
  summary: 'Follow what an application prints',
  tag,
  access: 'deployments:read',
  params,
  query: parameters({
    from_sequence: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 53 - 1, description: 'The first line that is wanted.' })),
    last: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10_000, description: 'How many lines that were printed before. Default: 100.' }),
    ),
    follow: Type.Optional(oneOf(['true', 'false'], { description: 'Whether to go on with what comes. Default: true.' })),
    release_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Only of this release, and also what was printed by what runs no more. Default: all that runs.',
      }),
    ),
  }),
  answers: { 200: ApplicationLogLine },
  streams: true,
});
