import type { Rotation, Rule } from './rule.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  steps: [
    'Change the value where the command uses it.',
    'Pass it by a file or the environment instead: arguments are visible to every process.',
  ],
};

const argument = `\\\\?["']?(?<quote>)(?<secret>[^\\s"'\`$<>{}()\\[\\]|;&-][^\\s"'\`<>|;&]{4,160})`;

export const rules: readonly Rule[] = [
  {
    id: 'command-line-password',
    title: 'Password on a command line',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      '-password ',
      '-passwd ',
      '--pass ',
      '-passphrase ',
      'sshpass -p',
      '-pass pass:',
      '-passin ',
      '-passout ',
      '-token ',
      '-secret ',
      '-api-key ',
      '-apikey ',
      '-secret-key ',
      '-access-key ',
      '-account-key ',
      '-encryption-key ',
      '--oauth2-bearer ',
      'convertto-securestring ',
    ],
    expression: new RegExp(
      `(?:(?:(?<![A-Za-z0-9-])--[a-z][a-z0-9-]{0,30}-|(?<![A-Za-z0-9])-)(?:password|passwd|pass|passphrase|token|secret|(?:secret|access|account|encryption)-key|api-?key) {1,4}|--oauth2-bearer {1,4}|convertto-securestring {1,4}(?:-(?:string|force|asplaintext) {1,4}){0,2}|sshpass -p ?|-pass(?:in|out)? ["']?pass:)${argument}`,
      'i',
    ),
    lookBehind: 34,
    chosen: 'password',
    source: 'https://cwe.mitre.org/data/definitions/214.html',
    rotation,
    examples: {
      matches: [
        (sample) => `mysqldump -u root --password ${sample.alnum(10)}2 app`,
        (sample) => `sshpass -p '${sample.alnum(10)}2' ssh deploy@host`,
        (sample) => `openssl pkcs12 -passin "pass:${sample.alnum(9)}9" -in a.p12`,
        (sample) => `az sql server create --admin-password ${sample.alnum(10)}2 --name x`,
        (sample) => `vault login --token ${sample.alnum(24)}`,
        (sample) => `$p = ConvertTo-SecureString -String "${sample.alnum(9)}9!" -AsPlainText -Force`,
      ],
      misses: [
        () => 'mysql -u root --password $PASSWORD',
        () => 'use --password to be asked for it',
        () => 'docker login --password-stdin registry',
      ],
    },
  },
  {
    id: 'client-command-password',
    title: 'Password on the command line of a client program',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      'psexec',
      'sqlcmd ',
      'plink ',
      'pscp ',
      'ldapsearch ',
      'smbclient ',
      'mongosh ',
      'mongodump ',
      'mongorestore ',
      'mysql -',
      'mysqldump -',
      'mysqladmin -',
      'net use ',
      'htpasswd -',
      'redis-cli -',
      'keytool -',
    ],
    expression: new RegExp(
      `(?:(?:psexec|plink|pscp|mongosh|mongodump|mongorestore|ldapsearch|keytool)[^\\r\\n|;&]{1,200}? -(?:p|pw|w|storepass|keypass)[ =]|sqlcmd [^\\r\\n|;&]{0,160}?-P ?|smbclient [^\\r\\n|;&]{0,120}?-U [^\\s%]{1,64}%|mysql(?:dump|admin)? (?:-[^\\r\\n|;&]{1,160}? )??-p(?=\\S)|net use (?:[a-z]: )?\\\\\\\\\\S{1,80} |htpasswd -[a-zA-Z]{0,6}b[a-zA-Z]{0,6} \\S{1,80} \\S{1,60} |redis-cli (?:-[^\\r\\n|;&]{1,80}? )??-a )${argument}`,
      'i',
    ),
    chosen: 'password',
    source: 'https://cwe.mitre.org/data/definitions/214.html',
    rotation,
    examples: {
      matches: [
        (sample) => `psexec \\\\10.0.0.7 -u admin -p ${sample.alnum(9)}4! cmd`,
        (sample) => `mysqldump -h db1 -u root -p${sample.alnum(9)}4 app > app.sql`,
        (sample) => `sqlcmd -S db1 -U sa -P '${sample.alnum(9)}4!' -i a.sql`,
        (sample) => `net use z: \\\\files\\share ${sample.alnum(9)}4! /user:app`,
      ],
      misses: [() => 'psexec \\\\host1 -u admin -p %PASSWORD% cmd', () => 'mysql -u root -p app1', () => 'redis-cli -a $PASS2 ping'],
    },
  },
  {
    id: 'network-credential-password',
    title: 'Password of a .NET network credential',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['networkcredential(', 'pscredential('],
    expression: /(?:network|ps)credential\([ \t]{0,2}@?"[^"\r\n]{1,100}"[ \t]{0,2},[ \t]{0,2}@?(?<quote>")(?<secret>[^"\r\n$]{5,128})"/i,
    chosen: 'password',
    source: 'https://learn.microsoft.com/en-us/dotnet/api/system.net.networkcredential',
    rotation,
    examples: {
      matches: [
        (sample) => `client.Credentials = new NetworkCredential("deploy", "${sample.alnum(10)}7");`,
        (sample) => `$web.Credentials = New-Object System.Net.NetworkCredential("ci@acme.io", "${sample.alnum(12)}7")`,
      ],
      misses: [() => 'new NetworkCredential(userName, password)', () => 'new NetworkCredential("user", "password")'],
    },
  },
  {
    id: 'sql-user-password',
    title: 'Password in SQL',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['identified ', 'login password ', 'encrypted password '],
    expression:
      /(?:identified (?:with ["'`\w]{1,40} )?by (?:password )?|(?:login|encrypted) password )(?:(?<quote>["'])(?<secret>[^\s"'`<>$\\][^\s"'`<>\\]{3,128})|(?<secret>[A-Za-z0-9][^\s"'`<>();\\+]{5,128}))/i,
    chosen: 'password',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/create-user.html',
    rotation,
    examples: {
      matches: [
        (sample) => `CREATE USER 'app'@'%' IDENTIFIED BY '${sample.alnum(12)}5';`,
        (sample) => `alter user app identified by ${sample.alnum(9)}1;`,
        (sample) => `CREATE ROLE app WITH LOGIN PASSWORD ${sample.alnum(9)}1;`,
      ],
      misses: [
        () => "CREATE USER 'app' IDENTIFIED BY 'password';",
        () => 'a problem identified by the team',
        () => 'identified by its number',
      ],
    },
  },
];
