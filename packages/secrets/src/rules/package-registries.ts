import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.ts';
import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Registries of packages and images with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'npm-access-token',
    title: 'npm access token',
    provider: 'npm',
    severity: 'critical',
    precision: 'exact',
    keywords: ['npm_'],
    expression: token('npm_[A-Za-z0-9]{36}'),
    isValid: hasNpmChecksum,
    source: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
    rotation: {
      url: 'https://docs.npmjs.com/revoking-access-tokens',
      steps: [
        'Revoke the token: `npm token revoke <id>`, or in the account settings.',
        'Compare the published versions of its packages with your releases; deprecate and report what is not yours.',
        'Publish from CI with trusted publishing instead of a token.',
      ],
    },
    examples: {
      matches: [(sample) => `//registry.npmjs.org/:_authToken=${npmToken(sample)}`, (sample) => `NPM_TOKEN: "${npmToken(sample)}"`],
      misses: [
        (sample) => `NPM_TOKEN=npm_${sample.alnum(36)}`,
        () => `NPM_TOKEN=npm_${'x'.repeat(36)}`,
        (sample) => `npm_config_${sample.lower(8)}`,
        (sample) => `NPM_TOKEN=${npmToken(sample)}${sample.alnum(3)}`,
      ],
    },
  },
  {
    id: 'pypi-api-token',
    title: 'PyPI API token',
    provider: 'PyPI',
    severity: 'critical',
    precision: 'exact',
    // A macaroon in base64: version 2, the location `pypi.org`.
    keywords: ['pypi-AgEIcHlwaS5vcmc'],
    expression: token('pypi-AgEIcHlwaS5vcmc[\\w-]{100,800}'),
    reach: 1000,
    isValid: isMacaroon,
    source: 'https://pypi.org/help/#apitoken',
    rotation: {
      url: 'https://pypi.org/manage/account/token/',
      steps: [
        'Remove the token on the linked page.',
        'Compare the files of its projects with your releases; yank and report what is not yours.',
        'Publish from CI with trusted publishing instead of a token.',
      ],
    },
    examples: {
      matches: [
        (sample) => `password = ${pypiToken(sample, 'pypi.org')}`,
        (sample) => `TWINE_PASSWORD: "${pypiToken(sample, 'pypi.org')}"`,
      ],
      misses: [
        (sample) => `password = pypi-AgEIcHlwaS5vcmc${sample.base64url(150)}`,
        (sample) => `password = pypi-AgEIcHlwaS5vcmc${sample.base64url(30)}`,
        () => 'password = pypi-AgEIcHlwaS5vcmc...',
      ],
    },
  },
  {
    id: 'test-pypi-api-token',
    title: 'TestPyPI API token',
    provider: 'PyPI',
    severity: 'low',
    precision: 'exact',
    keywords: ['pypi-AgENdGVzdC5weXBpLm9yZw'],
    expression: token('pypi-AgENdGVzdC5weXBpLm9yZw[\\w-]{100,800}'),
    reach: 1000,
    isValid: isMacaroon,
    source: 'https://pypi.org/help/#apitoken',
    rotation: {
      url: 'https://test.pypi.org/manage/account/token/',
      steps: ['Remove the token on the linked page and create one for the project that needs it.'],
    },
    examples: {
      matches: [
        (sample) => `password = ${pypiToken(sample, 'test.pypi.org')}`,
        (sample) => `twine upload -p ${pypiToken(sample, 'test.pypi.org')} dist/*`,
      ],
      misses: [
        (sample) => `pypi-AgENdGVzdC5weXBpLm9yZw${sample.base64url(40)}`,
        (sample) => `pypi-AgENdGVzdC5weXBpLm9yZw${sample.base64url(160)}`,
      ],
    },
  },
  {
    id: 'rubygems-api-key',
    title: 'RubyGems API key',
    provider: 'RubyGems',
    severity: 'critical',
    precision: 'exact',
    keywords: ['rubygems_'],
    expression: token('rubygems_[0-9a-f]{48}'),
    minEntropy: 3.3,
    source: 'https://guides.rubygems.org/api-key-scopes/',
    rotation: {
      url: 'https://rubygems.org/profile/api_keys',
      steps: [
        'Delete the key on the linked page.',
        'Compare the published versions of the gems with your releases; yank what is not yours.',
        'Publish from CI with trusted publishing instead of a key.',
      ],
    },
    examples: {
      matches: [(sample) => `:rubygems_api_key: rubygems_${sample.hex(48)}`, (sample) => `GEM_HOST_API_KEY="rubygems_${sample.hex(48)}"`],
      misses: [
        () => `GEM_HOST_API_KEY=rubygems_${'0'.repeat(48)}`,
        (sample) => `rubygems_${sample.hex(20)}`,
        () => 'rubygems_api_key: your_key',
      ],
    },
  },
  {
    id: 'nuget-api-key',
    title: 'NuGet API key',
    provider: 'NuGet',
    severity: 'critical',
    precision: 'exact',
    // Base32 of `v4` and 10 bytes, then of 16 bytes: the last character of each part has few values.
    keywords: ['oy2'],
    expression: token('oy2[a-p][a-z2-7]{15}[aq][a-z2-7]{25}[aeimquy4]'),
    minEntropy: 3.5,
    source: 'https://github.com/NuGet/NuGetGallery/blob/main/src/NuGetGallery.Services/Authentication/ApiKeyV4.cs',
    rotation: {
      url: 'https://www.nuget.org/account/apikeys',
      steps: [
        'Regenerate or delete the key on the linked page.',
        'Compare the published versions of the packages with your releases; unlist and report what is not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `dotnet nuget push *.nupkg --api-key ${nuGetKey(sample)} --source https://api.nuget.org/v3/index.json`,
        (sample) => `NUGET_API_KEY=${nuGetKey(sample)}`,
      ],
      misses: [
        () => `NUGET_API_KEY=oy2a${'a'.repeat(42)}`,
        (sample) => `NUGET_API_KEY=oy2z${sample.from(base32, 42)}`,
        (sample) => `joy2${sample.from(base32, 43)}`,
      ],
    },
  },
  {
    id: 'sidekiq-credentials',
    title: 'Credentials of the Sidekiq gem server',
    provider: 'Sidekiq',
    severity: 'high',
    precision: 'exact',
    keywords: ['contribsys__com', 'contribsys.com'],
    expression:
      /contribsys__com["']?[ \t]{0,4}[:= ][ \t]{0,4}["']?(?<secret>[0-9a-f]{8}:[0-9a-f]{8})(?![0-9a-z])|\/(?<secret>[0-9a-f]{8}:[0-9a-f]{8})@(?:gems|enterprise)\.contribsys\.com/i,
    lookBehind: 32,
    source: 'https://github.com/sidekiq/sidekiq/wiki/Commercial-FAQ',
    rotation: {
      url: 'https://billing.contribsys.com/',
      steps: ['Ask support@contribsys.com for new credentials.', 'Set them with `bundle config`, outside of the repository.'],
    },
    examples: {
      matches: [
        (sample) => `export BUNDLE_ENTERPRISE__CONTRIBSYS__COM=${sample.hex(8)}:${sample.hex(8)}`,
        (sample) => `source "https://${sample.hex(8)}:${sample.hex(8)}@gems.contribsys.com/"`,
      ],
      misses: [() => 'BUNDLE_GEMS__CONTRIBSYS__COM=user:password', () => 'source "https://gems.contribsys.com/"'],
    },
  },
  {
    id: 'crates-io-api-token',
    title: 'crates.io API token',
    provider: 'crates.io',
    severity: 'critical',
    precision: 'exact',
    keywords: ['cio'],
    expression: token('cio[A-Za-z0-9]{32}'),
    minEntropy: 4,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://doc.rust-lang.org/cargo/reference/publishing.html',
    rotation: {
      url: 'https://crates.io/settings/tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Compare the published versions of the crates with your releases; yank what is not yours.',
        'Publish from CI with trusted publishing instead of a token.',
      ],
    },
    examples: {
      matches: [(sample) => `CARGO_REGISTRY_TOKEN=cio${sample.alnum(32)}`, (sample) => `cargo login cio${sample.alnum(32)}`],
      misses: [
        () => `CARGO_REGISTRY_TOKEN=cio${'x'.repeat(32)}`,
        (sample) => `data:;base64,${sample.base64(40)}cio${sample.alnum(60)}`,
        () => 'cargo login <token>',
      ],
    },
  },
  {
    id: 'clojars-deploy-token',
    title: 'Clojars deploy token',
    provider: 'Clojars',
    severity: 'critical',
    precision: 'exact',
    keywords: ['CLOJARS_'],
    expression: token('CLOJARS_[0-9a-f]{60}'),
    minEntropy: 3.5,
    source: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
    rotation: {
      url: 'https://clojars.org/tokens',
      steps: [
        'Disable the token on the linked page.',
        'Compare the published versions with your releases.',
        'Create a token for the one group or artifact that needs it.',
      ],
    },
    examples: {
      matches: [(sample) => `CLOJARS_PASSWORD=CLOJARS_${sample.hex(60)}`, (sample) => `:password "CLOJARS_${sample.hex(60)}"`],
      misses: [() => `:password "CLOJARS_${'0'.repeat(60)}"`, () => 'CLOJARS_USERNAME=me', (sample) => `CLOJARS_${sample.hex(20)}`],
    },
  },
  {
    id: 'hex-pm-api-key',
    title: 'Hex.pm API key',
    provider: 'Hex.pm',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['hex_api', 'hex_pm', 'hexpm'],
    expression: assigned(['hex(?:_?pm)?_api_(?:write_)?key', ...credentialsOf('hex_?pm')], '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://hex.pm/docs/publish',
    rotation: {
      url: 'https://hex.pm/dashboard/keys',
      steps: [
        'Revoke the key on the linked page, or with `mix hex.user key revoke`.',
        'Compare the published versions of the packages with your releases.',
      ],
    },
    examples: {
      matches: [(sample) => `HEX_API_KEY=${sample.hex(32)} mix hex.publish --yes`, (sample) => `hexpm_key: "${sample.hex(32)}"`],
      misses: [() => `HEX_API_KEY=${'0'.repeat(32)}`, (sample) => `hexpm_version: ${sample.hex(32)}`, () => 'HEX_API_KEY=$HEX_KEY'],
    },
  },
  {
    id: 'packagist-token',
    title: 'Private Packagist authentication token',
    provider: 'Packagist',
    severity: 'high',
    precision: 'exact',
    keywords: ['packagist_ort_', 'packagist_out_', 'packagist_urt_', 'packagist_uut_'],
    expression: token('packagist_[ou][ru]t_[0-9a-f]{68}'),
    minEntropy: 3.5,
    source: 'https://packagist.com/docs/composer-authentication#token-format',
    rotation: {
      url: 'https://packagist.com/docs/composer-authentication',
      steps: [
        'Revoke the token in the settings of the organisation, a user token in the profile.',
        'Tokens with update access can add packages: compare the packages with what you mirror.',
      ],
    },
    examples: {
      matches: [
        (sample) => `composer config --auth http-basic.repo.packagist.com token packagist_ort_${sample.hex(68)}`,
        (sample) => `"password": "packagist_uut_${sample.hex(68)}"`,
      ],
      misses: [() => `packagist_ort_${'0'.repeat(68)}`, (sample) => `packagist_ort_${sample.hex(20)}`],
    },
  },
  {
    id: 'sonatype-user-token',
    title: 'Sonatype Central or Nexus user token',
    provider: 'Sonatype',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['sonatype', 'ossrh', 'mavencentral', 'maven_central', 'central_token', 'nexus'],
    expression: assigned(credentialsOf('sonatype', 'ossrh', 'maven_?central', 'central_', 'nexus'), '[A-Za-z0-9+/]{44}'),
    minEntropy: 4.3,
    notSecrets: [/^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://central.sonatype.org/publish/generate-portal-token/',
    rotation: {
      url: 'https://central.sonatype.com/account',
      steps: [
        'Revoke the token on the linked page and generate a new one.',
        'Compare the published versions with your releases; report what is not yours to Central support.',
      ],
    },
    examples: {
      matches: [
        (sample) => `OSSRH_TOKEN=${sample.base64(44)}`,
        (sample) => `sonatypePassword=${sample.base64(44)}`,
        (sample) => `mavenCentralPassword: "${sample.base64(44)}"`,
      ],
      misses: [
        () => 'OSSRH_TOKEN=${env.OSSRH_TOKEN}',
        (sample) => `nexus_token_hash: ${sample.hex(44)}`,
        () => `sonatypePassword=${'x'.repeat(44)}`,
      ],
    },
  },
  {
    id: 'cloudsmith-api-key',
    title: 'Cloudsmith API key',
    provider: 'Cloudsmith',
    severity: 'critical',
    precision: 'exact',
    keywords: ['csa_'],
    expression: token('csa_[0-9a-f]{30}[A-Za-z0-9]{6}'),
    minEntropy: 3.4,
    source: 'https://help.cloudsmith.io/docs/api-key',
    rotation: {
      url: 'https://cloudsmith.io/user/settings/api/',
      steps: ['Refresh the API key on the linked page.', 'Read the audit log and compare the packages with those you published.'],
    },
    examples: {
      matches: [
        (sample) => `CLOUDSMITH_API_KEY=csa_${sample.hex(30)}${sample.alnum(6)}`,
        (sample) => `X-Api-Key: csa_${sample.hex(30)}${sample.alnum(6)}`,
      ],
      misses: [
        () => `CLOUDSMITH_API_KEY=csa_${'0'.repeat(36)}`,
        (sample) => `csa_${sample.hex(10)}`,
        (sample) => `nocsa_${sample.hex(36)}`,
      ],
    },
  },
];

/** The last six characters are the CRC-32 of the 30 before them in base 62, as in GitHub's tokens. */
function hasNpmChecksum(secret: string): boolean {
  return toBase62(crc32(secret.slice(4, 34)), 6) === secret.slice(34);
}

function npmToken(sample: Sampler): string {
  const random = sample.alnum(30);
  return `npm_${random}${toBase62(crc32(random), 6)}`;
}

/** A macaroon of version 2 ends in the end of its caveats and a signature field of 32 bytes: https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt */
function isMacaroon(secret: string): boolean {
  const content = Buffer.from(secret.slice('pypi-'.length), 'base64url');
  return content.subarray(-35, -32).equals(Buffer.from([0, 6, 32]));
}

function pypiToken(sample: Sampler, location: string): string {
  const field = (kind: number, value: Buffer): Buffer => Buffer.concat([Buffer.from([kind, value.length]), value]);
  const end = Buffer.from([0]);
  const content = [
    Buffer.from([2]),
    field(1, Buffer.from(location)),
    field(2, Buffer.from(sample.uuid())),
    end,
    field(2, Buffer.from(`[3, "${sample.uuid()}"]`)),
    end,
    end,
    field(6, Buffer.from(sample.hex(64), 'hex')),
  ];
  return `pypi-${Buffer.concat(content).toString('base64url')}`;
}

function nuGetKey(sample: Sampler): string {
  return `oy2c${sample.from(base32, 15)}a${sample.from(base32, 25)}e`;
}
