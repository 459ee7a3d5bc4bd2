import type { Rotation, Rule } from './rule.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html',
  steps: [
    'Change the password of that user in the database or service.',
    'Look in its logs for connections you do not know.',
    'Read the new password from a secret store when the program starts.',
  ],
};

const peer =
  '(?:server|data source|datasource|host|hostname|addr(?:ess)?|network address|uid|user ?id|user ?name|user|dsn|driver|database|dbname|initial catalog|endpoint)';
const value = `(?<quote>)(?<secret>[^;"'\\s<>{}$][^;"'\\r\\n<>]{2,128}?)`;

export const rules: readonly Rule[] = [
  {
    id: 'connection-string-password',
    title: 'Password in a connection string',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['password=', 'password =', 'pwd=', 'pwd ='],
    expression: new RegExp(
      `${peer} ?= ?[^\\r\\n"'<>]{1,240}?; ?(?:password|pwd) ?= ?${value}(?=;|["'<]|\\\\?["']|\\s*$)` +
        `|(?:password|pwd) ?= ?${value};[^\\r\\n"'<>]{0,200}?${peer} ?= ?[^\\s;]`,
      'i',
    ),
    lookBehind: 400,
    reach: 400,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax',
    rotation,
    examples: {
      matches: [
        (sample) => `"Server=tcp:sql1.internal,1433;Database=app;User ID=sa;Password=${sample.alnum(9)}!2;Encrypt=True"`,
        (sample) => `<add name="Db" connectionString="Data Source=.;Uid=app;Pwd=${sample.alnum(10)}#4" />`,
        (sample) => `Password=${sample.alnum(12)}9;Persist Security Info=True;User ID=app;Data Source=db1`,
      ],
      misses: [
        () => '"Server=.;Database=app;User ID=sa;Password={password};"',
        () => '"Server=.;Database=app;User ID=sa;Password=YourPassword;"',
        () => 'server=x; user=y; integrated security=true',
      ],
    },
  },
  {
    id: 'connection-string-account-key',
    title: 'Key in a connection string',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['accountkey=', 'sharedaccesskey=', 'sharedsecret='],
    expression: /(?:accountkey|sharedaccesskey|sharedsecret)=(?<secret>[A-Za-z0-9+/]{40,120}={0,2})(?![A-Za-z0-9+/=])/i,
    minEntropy: 4,
    // The key of the storage emulator, the same everywhere.
    notSecrets: [/^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u/],
    source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string',
    rotation: {
      url: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage',
      steps: [
        'Switch the applications to the other key of the account.',
        'Regenerate the leaked key.',
        'Prefer identities (Microsoft Entra ID) over shared keys where the service allows them.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${sample.base64(86)}==;EndpointSuffix=core.windows.net`,
        (sample) => `Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${sample.base64(43)}=`,
      ],
      misses: [() => 'AccountName=acme;AccountKey=<key>;', (sample) => `AccountKey=${sample.base64(12)}`],
    },
  },
  {
    id: 'jdbc-password',
    title: 'Password in a JDBC URL',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['jdbc:'],
    expression:
      /jdbc:(?:[a-z0-9]{2,20}:[^\s"'<>]{0,220}?[?&;]password=(?<quote>)(?<secret>[^\s"'<>&;${}]{3,128})|oracle:thin:[\w$]{1,64}\/(?<quote>)(?<secret>[^\s"'<>@/{}$]{3,64})@)/i,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html',
    rotation,
    examples: {
      matches: [
        (sample) => `url=jdbc:mysql://db:3306/app?user=app&password=${sample.alnum(12)}8&useSSL=true`,
        (sample) => `"jdbc:oracle:thin:scott/${sample.alnum(11)}4@//db:1521/xe"`,
      ],
      misses: [() => 'jdbc:mysql://db/app?user=app&password=${PASSWORD}', () => 'jdbc:postgresql://localhost:5432/app?ssl=true'],
    },
  },
];
