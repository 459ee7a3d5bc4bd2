import Type, { type Static, type TSchema } from 'typebox';
import { queueNames } from '../queue/doorbell.ts';

/** What a setting says of itself beside its JSON schema. */
export interface SettingNotes {
  /** What is expected, where the schema does not say it well. */
  readonly expects?: string;
  /** Environment variables that set it, besides `DEPLOYGUARD_` and its name; the first one found counts. */
  readonly variables?: readonly string[];
  /** Never shown. */
  readonly isSecret?: boolean;
  /** An address that can be taken apart, in which nothing is percent-encoded that is no text. */
  readonly isUrl?: boolean;
}

const section = <T extends Record<string, TSchema>>(settings: T) => Type.Object(settings, { additionalProperties: false });
const text = (options: object = {}) => Type.String({ minLength: 1, ...options });
const file = (description: string) => Type.Optional(text({ description, expects: 'the path of a file' }));
const host = (options: object) => text({ pattern: '^[A-Za-z0-9.:_%\\[\\]-]+$', expects: 'an address or host name', ...options });
const list = (options: object) => Type.Array(text(), { default: [], ...options });
const integer = (minimum: number, maximum: number, options: object) => Type.Integer({ minimum, maximum, ...options });
const oneOf = <const T extends readonly string[]>(values: T, options: object = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
const url = (schemes: readonly string[], options: object) => {
  const expects = `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return text({ pattern: `^(?:${schemes.join('|')})://[^\\s]+$`, isUrl: true, expects, ...options });
};
const web = ['https', 'http'];
const databaseUrl = (options: object) => Type.Optional(url(['postgresql', 'postgres'], { isSecret: true, ...options }));

const jwtAlgorithmNames = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const JwtIssuer = section({
  issuer: text(),
  audiences: Type.Array(text(), { minItems: 1 }),
  algorithms: Type.Array(oneOf(jwtAlgorithmNames), { minItems: 1 }),
  jwksUrl: Type.Optional(url(web, {})),
  publicKeyFile: Type.Optional(text()),
  secretFile: Type.Optional(text()),
  userClaim: Type.Optional(text()),
  userPrefix: Type.Optional(text()),
  scopes: Type.Optional(oneOf(['claim', 'all'])),
  type: Type.Optional(text()),
});

/** Every setting of the service. `dataDirectory` has a default that depends on who runs it. */
export const ConfigSchema = section({
  dataDirectory: text({ description: 'Where the embedded service keeps database, files and keys.', expects: 'the path of a folder' }),
  http: section({
    host: host({
      default: '127.0.0.1',
      description: 'Address to listen on. Others than this machine can reach the service only with authentication.',
    }),
    port: integer(0, 65_535, { default: 8000, variables: ['PORT'], description: 'Port to listen on; 0 takes a free one.' }),
    publicUrl: Type.Optional(url(web, { description: 'How clients reach the service, for links in answers.' })),
    trustedProxies: integer(0, 10, { default: 0, description: 'How many proxies in front are believed about the client’s address.' }),
    corsOrigins: list({
      variables: ['CORS_ORIGINS'],
      description: 'Web pages (scheme, host and port) that may call the API from a browser.',
    }),
    tlsCertificateFile: file('Certificate chain (PEM) for https; read again when it changes.'),
    tlsKeyFile: file('Private key (PEM) of the certificate.'),
    metricsToken: Type.Optional(
      text({
        minLength: 16,
        isSecret: true,
        description: 'Bearer token for /metrics from elsewhere than this machine.',
        expects: 'at least 16 characters',
      }),
    ),
    maxBodyBytes: integer(1024, 100_000_000, { default: 1_048_576, description: 'Largest JSON body.' }),
    maxUploadBytes: integer(1024, 1_000_000_000_000, { default: 2_147_483_648, description: 'Largest upload.' }),
    userRequestsPerMinute: integer(1, 1_000_000, { default: 600, description: 'Requests of one user.' }),
    addressRequestsPerMinute: integer(1, 1_000_000, {
      default: 120,
      description: 'Requests of one address without an account, and its failed sign-ins.',
    }),
  }),
  database: section({
    url: databaseUrl({
      variables: ['DATABASE_URL'],
      description: 'Login of the application. Without it, a private PostgreSQL runs in the data directory.',
    }),
    migrationUrl: databaseUrl({ variables: ['DATABASE_MIGRATION_URL'], description: 'Login that owns the tables; default: the same.' }),
    listenUrl: databaseUrl({ variables: ['DATABASE_LISTEN_URL'], description: 'Way past PgBouncer, for LISTEN; default: the same.' }),
    maxConnections: integer(2, 500, { default: 10, description: 'Connections of one process.' }),
    upgradeAtStart: Type.Boolean({
      default: true,
      description: 'Pending migrations are applied when a part of the service starts. Else `deployguard db upgrade` does it before.',
    }),
    statementTimeoutSeconds: integer(1, 3600, { default: 60, description: 'Statements that run longer are cancelled.' }),
  }),
  broker: section({
    url: Type.Optional(
      url(['amqps', 'amqp', 'rediss', 'redis'], {
        variables: ['BROKER_URL', 'CELERY_BROKER_URL'],
        isSecret: true,
        description: 'RabbitMQ or Redis. Without it, the database announces tasks.',
      }),
    ),
  }),
  storage: section({
    bucket: Type.Optional(
      text({
        variables: ['S3_BUCKET'],
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$',
        expects: 'the name of a bucket',
        description: 'Bucket of S3 or MinIO. Without bucket and endpoint, files are kept in the data directory.',
      }),
    ),
    endpointUrl: Type.Optional(
      url(web, {
        variables: ['S3_ENDPOINT_URL'],
        description: 'S3 server; default: Amazon’s. The bucket is then "deployguard" unless it is named.',
      }),
    ),
    publicUrl: Type.Optional(
      url(web, { variables: ['S3_PUBLIC_URL'], description: 'How clients reach the S3 server, for download links; default: the same.' }),
    ),
    region: text({ default: 'us-east-1', variables: ['S3_REGION', 'AWS_REGION'], description: 'Region of the bucket.' }),
    accessKey: Type.Optional(
      text({ variables: ['S3_ACCESS_KEY'], isSecret: true, description: 'Default: the credentials of the machine.' }),
    ),
    secretKey: Type.Optional(text({ variables: ['S3_SECRET_KEY'], isSecret: true, description: 'Belongs to the access key.' })),
    downloadSeconds: integer(10, 300, { default: 300, description: 'How long a download link works.' }),
  }),
  keyring: section({
    file: file('Keys for reports, fingerprints and proofs; made once. Default: in the data directory.'),
    keys: Type.Optional(text({ isSecret: true, description: 'The keyring itself instead of a file, as its file has it.' })),
  }),
  auth: section({
    gatewayProofs: Type.Array(text({ minLength: 32 }), {
      default: [],
      isSecret: true,
      description: 'What the gateway sends beside X-User-ID to be believed; several while it changes.',
      expects: 'a list of texts of at least 32 characters',
    }),
    jwtIssuers: Type.Array(JwtIssuer, { default: [], description: 'Who signs tokens, with which algorithms and keys.' }),
    apiKeys: Type.Boolean({ default: false, description: 'API keys of users are accepted.' }),
    serviceUrl: Type.Optional(url(web, { variables: ['AUTH_SERVICE_URL'], description: 'Where credentials for git come from.' })),
    serviceToken: Type.Optional(text({ isSecret: true, description: 'Bearer token for that service.' })),
    credentialsFile: file('Instead of that service, for a service without authentication: credentials for git, as YAML.'),
    credentialsOrigins: Type.Array(text({ pattern: '^(?:https|ssh)://[A-Za-z0-9.:_-]+$' }), {
      default: [],
      description: 'Servers that credentials may be sent to which do not say by themselves, as "origins", which ones they are for.',
      expects: 'a list of addresses such as https://git.example.com or ssh://git.example.com, without a path',
    }),
  }),
  egress: section({
    allow: list({ description: 'Private hosts, addresses or ranges that may be cloned from, pushed to and posted to.' }),
    caFile: file('Authorities (PEM) to trust besides the public ones.'),
  }),
  jobs: section({
    expireAfterDays: integer(1, 3650, { default: 7, description: 'Results of a job are deleted after this.' }),
    maxRepositoryBytes: integer(1_000_000, 10_000_000_000_000, { default: 20_000_000_000, description: 'Largest repository.' }),
  }),
  imports: section({
    expireAfterDays: integer(1, 3650, {
      default: 7,
      variables: ['CLEANUP_AFTER_DAYS'],
      description: 'Uploads of reports and their logs are deleted so long after their end. What was found stays.',
    }),
    maxReportBytes: integer(1024, 10_000_000_000_000, {
      default: 20_000_000_000,
      description: 'Largest report that is uploaded in parts; each of them may have `http.maxUploadBytes`.',
    }),
    streamCloseSeconds: integer(0, 60, { default: 5, description: 'How long a stream stays open after the last message.' }),
    phoenixRequestsPerMinute: integer(1, 6000, { default: 30, description: 'Requests that an upload sends to Phoenix, spread evenly.' }),
    phoenixTimeoutSeconds: integer(1, 600, { default: 120, description: 'How long Phoenix may take for an answer.' }),
  }),
  deployments: section({
    target: Type.Optional(
      oneOf(['process', 'container'], {
        description:
          'Where new applications run: in containers, or as processes of this machine, for code that is trusted as much as the service itself. Default: as processes where no authentication is configured; else nothing is deployed until it is chosen.',
      }),
    ),
    sandbox: oneOf(['auto', 'required', 'off'], {
      default: 'auto',
      description:
        'Whether processes of applications, and builds for them, are kept from all files and processes that are not theirs, by bubblewrap. auto: where that works; each deployment says whether. required: without it nothing is built or started as a process.',
    }),
    sandboxReadable: Type.Array(text({ pattern: '^/' }), {
      default: [],
      expects: 'a list of paths that begin with /',
      description: 'What can be read in sandboxes beside the programs, libraries and settings of the system: files, folders, sockets.',
    }),
    directory: Type.Optional(
      text({
        description: 'Where releases, their logs and what builds need are kept. Default: in the data directory.',
        expects: 'the path of a folder',
      }),
    ),
    domain: text({
      default: 'localhost',
      pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?)([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
      description: 'Each application is found under its name in this domain.',
      expects: 'a host name in lower case',
    }),
    routerHost: host({
      default: '127.0.0.1',
      description: 'Address on which the router takes the requests of the applications’ users.',
    }),
    routerPort: integer(1, 65_535, { default: 8080, description: 'Port of the router.' }),
    tlsCertificates: Type.Array(section({ certificateFile: text(), keyFile: text() }), {
      default: [],
      expects: 'a list of certificateFile and keyFile',
      description:
        'Certificates (PEM, with those between them and the root) and keys of the router: the first one for the names below the domain, others for host names of applications. They are read again when they are renewed.',
    }),
    tlsPort: integer(1, 65_535, { default: 8443, description: 'Port of the router with TLS, where it has certificates.' }),
    redirectToTls: Type.Boolean({
      default: false,
      description: 'Who comes without TLS, to a name that a certificate is for, is led to the same with TLS.',
    }),
    trustedProxies: Type.Array(text({ pattern: '^[0-9a-f.:]+$' }), {
      default: [],
      expects: 'a list of IP addresses',
      description:
        'Proxies in front of the router, by their addresses, which are believed about who asked, for which host, and whether over TLS.',
    }),
    observeSeconds: integer(0, 3600, {
      default: 5,
      description: 'How long a new release is watched while the one before it could still take over.',
    }),
    drainSeconds: integer(0, 3600, { default: 30, description: 'How long requests to the release before may take to end.' }),
    keepReleases: integer(1, 100, { default: 3, description: 'How many releases of an application can be rolled back to.' }),
    customDomains: Type.Boolean({
      default: false,
      description: 'Users may claim host names of their own. Where no authentication is configured they always may.',
    }),
  }),
  containers: section({
    engine: oneOf(['podman', 'docker'], { default: 'podman', description: 'Builds images and runs containers.' }),
    runtime: Type.Optional(
      text({
        pattern: '^[A-Za-z0-9/._-]+$',
        expects: 'the name or path of a program',
        description: 'Program with which the engine runs containers, such as runc, or runsc. Default: the engine’s own choice.',
      }),
    ),
    ulimits: Type.Array(text({ pattern: '^[a-z]+=[0-9]+(:[0-9]+)?$' }), {
      default: [],
      expects: 'a list of limits such as nofile=1024:1024',
      description: 'Limits of every container and build, where those that the engine asks for are more than the machine may give.',
    }),
    registry: Type.Optional(
      text({
        pattern: '^[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)*$',
        expects: 'the name of a registry, and of a folder in it',
        description:
          'Where images are pushed to, such as registry.example.com/applications. Without it they stay in the engine. One on this machine is spoken to without TLS.',
      }),
    ),
    baseImagesFile: file('What stands for the images that applications are built on (YAML), as scripts/base-images prints it.'),
    baseRegistries: Type.Array(text({ pattern: '^[a-z0-9.-]+(:[0-9]{1,5})?$' }), {
      default: [],
      expects: 'a list of registries such as docker.io',
      description: 'Registries from which base images are fetched that the file does not name.',
    }),
  }),
  builds: section({
    npmrcFile: file('Settings of npm, pnpm and Yarn 1 (.npmrc) for builds. Builds see it, and what they make does not.'),
    pipConfFile: file('Settings of pip (pip.conf), in the same way.'),
    goProxy: Type.Optional(
      text({ pattern: '^\\S+$', expects: 'a value of GOPROXY', isSecret: true, description: 'Where Go fetches modules, as GOPROXY.' }),
    ),
    goSumDb: Type.Optional(
      text({ pattern: '^[^\\n]+$', expects: 'a value of GOSUMDB', description: 'Who vouches for Go modules, as GOSUMDB.' }),
    ),
    cargoConfigFile: file('Settings of Cargo (config.toml).'),
    mavenSettingsFile: file('Settings of Maven (settings.xml).'),
    caFile: file('Authorities (PEM) that package managers trust, instead of the public ones.'),
    scanner: oneOf(['auto', 'trivy', 'grype', 'none'], {
      default: 'auto',
      description:
        'Looks for known vulnerabilities in what was built. auto: Trivy, else Grype, else none, whichever is installed. What it finds is shown with the release and stops nothing.',
    }),
  }),
  limits: section({
    maxApplicationsPerUser: integer(1, 100_000, { default: 10, description: 'Applications of one user.' }),
    maxQueuedDeploymentsPerUser: integer(1, 100_000, { default: 20, description: 'Deployments of one user that wait or are under way.' }),
    maxCpuMillisPerDeployment: integer(10, 1_000_000, {
      default: 4000,
      description: 'Thousandths of a processor that a release may ask for.',
    }),
    maxMemoryBytesPerDeployment: integer(16_777_216, 2 ** 50, {
      default: 8_589_934_592,
      description: 'Memory that each instance of a release may ask for.',
    }),
    maxInstancesPerDeployment: integer(1, 100, { default: 10, description: 'Instances of a release side by side.' }),
    maxBuildSeconds: integer(10, 86_400, { default: 1800, description: 'A build that takes longer is stopped.' }),
    maxReleaseCommandSeconds: integer(1, 86_400, { default: 1200, description: 'A release command that takes longer is stopped.' }),
    maxBuildCpuMillis: integer(10, 1_000_000, {
      default: 4000,
      description: 'Thousandths of a processor that the build of an image may use.',
    }),
    maxBuildMemoryBytes: integer(16_777_216, 2 ** 50, {
      default: 4_294_967_296,
      description: 'Memory that the build of an image may use.',
    }),
  }),
  worker: section({
    concurrency: integer(1, 64, { default: 2, description: 'Tasks of one worker at a time.' }),
    queues: Type.Array(oneOf(queueNames), {
      default: [...queueNames],
      minItems: 1,
      uniqueItems: true,
      expects: `a list of ${queueNames.join(', ')}`,
      description: 'What tasks a worker takes. Applications run on the machine whose worker takes those of `deploy`.',
    }),
    leaseSeconds: integer(2, 3600, { default: 60, description: 'A worker that was silent for so long loses its tasks to others.' }),
    softLimitSeconds: integer(1, 86_400, { default: 3300, description: 'Then a task is asked to end.' }),
    hardLimitSeconds: integer(1, 86_400, { default: 3600, description: 'Then it is killed.' }),
    maxMemoryBytes: integer(268_435_456, 2 ** 50, {
      default: 4_294_967_296,
      description:
        'What each process of a task may allocate, beside what the runtime reserves. The kernel keeps this limit and the next three.',
    }),
    maxFileBytes: integer(1_000_000, 2 ** 50, { default: 40_000_000_000, description: 'The largest file that a task may write.' }),
    maxCpuSeconds: Type.Optional(
      integer(1, 100_000_000, {
        description: 'Processor time of each process of a task. Default: the hard limit on every processor of the machine.',
      }),
    ),
    maxProcesses: integer(64, 4_194_304, {
      default: 8192,
      description: 'Processes and threads that the user of the worker may have when a task starts one more.',
    }),
    temporaryDirectory: Type.Optional(text({ description: 'Where clones are made while a task runs.', expects: 'the path of a folder' })),
  }),
  log: section({
    level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
      default: 'info',
      variables: ['LOG_LEVEL'],
      description: 'What is logged.',
    }),
  }),
  telemetry: section({
    port: Type.Optional(
      integer(0, 65_535, {
        description: 'Where a worker or scheduler in a process of its own answers /health and /metrics. Without it, it does not listen.',
      }),
    ),
    otlpUrl: Type.Optional(
      url(web, { variables: ['OTEL_EXPORTER_OTLP_ENDPOINT'], description: 'Where traces are sent. Without it there are none.' }),
    ),
    tracePercent: integer(0, 100, {
      default: 100,
      description: 'How many of the requests that begin a trace are traced; those that belong to a traced one always are.',
    }),
  }),
});

/** All settings, checked. */
export type Config = Static<typeof ConfigSchema> & {
  /** What they were read from: their file, and those that hold one of them. Absolute paths. */
  readonly files: readonly string[];
};
