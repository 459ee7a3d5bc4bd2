import Type from 'typebox';
import type { Static } from 'typebox';
import { line, oneOf, parameters } from './schema.ts';

const command = Type.Optional(line(2000));
const path = Type.String({ maxLength: 500, pattern: '^/[^\\s\\u0000-\\u001f\\u007f]*$' });

/** What `deployment:` of `deployguard.yaml` says, and what a request may say instead. */
export const DeploymentConfig = Type.Object(
  {
    application: Type.Optional(
      Type.Object(
        {
          root: Type.Optional(line(500, { description: 'Folder of the application, from the top of the repository.' })),
          dockerfile: Type.Optional(
            line(500, {
              description:
                'Dockerfile of its image, in that folder; `none`: one is written, also where there is one. Default: found, else written.',
            }),
          ),
          install_command: command,
          assets_command: command,
          build_command: command,
          start_command: command,
          release_command: Type.Optional(
            line(2000, {
              description: 'Run once before a release serves, such as a migration of the database. Default: the `release` of a Procfile.',
            }),
          ),
          port: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 65_535,
              description:
                'Where it listens in its container; default: the one that it is told in PORT. Without containers each instance is told a free one.',
            }),
          ),
          env_vars: Type.Optional(
            Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }), Type.String({ maxLength: 65_536 }), {
              description: 'Settings that are no secrets. What was set for the application itself is stronger.',
              maxProperties: 200,
              additionalProperties: Type.Never(),
            }),
          ),
          resources: Type.Optional(
            parameters({
              cpu: Type.Optional(
                Type.String({
                  pattern: '^[1-9][0-9]{0,5}m$|^[1-9][0-9]{0,2}(\\.[0-9]{1,3})?$|^0\\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])$',
                }),
              ),
              memory: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,9}(Ki|Mi|Gi|k|M|G)?$' })),
            }),
          ),
          replicas: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
          processes: Type.Optional(
            Type.Record(
              Type.String({ pattern: '^(?!(?:web|release)$)[a-z0-9][a-z0-9-]{0,15}$' }),
              Type.Object(
                { command, instances: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })) },
                { additionalProperties: false },
              ),
              {
                description:
                  'What runs beside the program that users reach, by name. Default: the other processes of a Procfile, one of each.',
                maxProperties: 20,
                additionalProperties: Type.Never(),
              },
            ),
          ),
          health: Type.Optional(
            parameters({
              path: Type.Optional(path),
              attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 600 })),
              interval_seconds: Type.Optional(Type.Number({ minimum: 0.05, maximum: 300 })),
              timeout_seconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 300 })),
            }),
          ),
          smoke_tests: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  path,
                  method: Type.Optional(oneOf(['GET', 'HEAD'])),
                  status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
                  body_includes: Type.Optional(line(1000)),
                  latency_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
                },
                { additionalProperties: false },
              ),
              { maxItems: 20 },
            ),
          ),
          fail_on_output: Type.Optional(
            Type.Array(line(200), {
              maxItems: 20,
              description: 'Texts that it must not print until users are led to it, such as `FATAL`.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { title: 'DeploymentConfig', additionalProperties: false },
);
export type DeploymentConfig = Static<typeof DeploymentConfig>;
