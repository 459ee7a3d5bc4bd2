import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Maps, weather and geography of addresses, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'here-api-key',
    title: 'HERE API key',
    provider: 'HERE',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['here_api', 'here-api', 'hereapi', 'here_maps', 'heremaps', 'hereapi.com', 'here.api'],
    expression: assigned(
      ['(?<![A-Za-z])here(?:[_.-]?api|[_-]?maps)[\\w.\\-]{0,16}?key', 'hereapi\\.com/[^\\s"\']{0,160}?apikey'],
      '[A-Za-z0-9_-]{43}',
    ),
    minEntropy: 4,
    source: 'https://www.here.com/docs/bundle/identity-and-access-management-developer-guide/page/topics/plat-using-apikeys.html',
    rotation: {
      url: 'https://platform.here.com/admin/apps',
      steps: [
        'Delete the key in the app on the linked page (two keys can live side by side).',
        'Check the usage of the plan.',
        'Trust only your domains for keys that browsers see.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HERE_API_KEY=${sample.base64url(42)}x`,
        (sample) => `https://geocode.search.hereapi.com/v1/geocode?q=Berlin&apiKey=${sample.base64url(42)}x`,
      ],
      misses: [() => 'HERE_API_KEY=YOUR_HERE_API_KEY', () => `HERE_API_KEY=${'x'.repeat(43)}`],
    },
  },
  {
    id: 'openweather-api-key',
    title: 'OpenWeather API key',
    provider: 'OpenWeather',
    severity: 'low',
    precision: 'contextual',
    keywords: ['openweather', 'open_weather', 'owm_', 'pyowm'],
    expression: assigned(
      [...credentialsOf('open_?weather(?:_?map)?', 'owm_'), 'openweathermap\\.org/[^\\s"\']{0,120}?appid', 'pyowm\\.OWM'],
      '[0-9a-f]{32}',
    ),
    minEntropy: 3,
    source: 'https://openweathermap.org/appid',
    rotation: {
      url: 'https://home.openweathermap.org/api_keys',
      steps: ['Delete the key on the linked page and create a new one.', 'Check the calls of a paid plan.'],
    },
    examples: {
      matches: [
        (sample) => `OPENWEATHER_API_KEY=${sample.hex(32)}`,
        (sample) => `https://api.openweathermap.org/data/2.5/weather?q=London&appid=${sample.hex(32)}`,
      ],
      misses: [() => 'OPENWEATHER_API_KEY={API key}', () => 'appid=YOUR_API_KEY', (sample) => `OPENWEATHER_API_KEY=${sample.hex(12)}`],
    },
  },
  {
    id: 'tomtom-api-key',
    title: 'TomTom API key',
    provider: 'TomTom',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['tomtom', 'tom_tom'],
    expression: assigned([...credentialsOf('tom_?tom'), 'tomtom\\.com/[^\\s"\']{0,160}?key'], '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    source: 'https://developer.tomtom.com/knowledgebase/platform/articles/how-to-get-an-tomtom-api-key/',
    rotation: {
      url: 'https://developer.tomtom.com/user/me/apps',
      steps: ['Regenerate the key on the linked page.', 'Check usage, and limit the new key to your domains.'],
    },
    examples: {
      matches: [
        (sample) => `TOMTOM_API_KEY=${sample.alnum(32)}`,
        (sample) => `https://api.tomtom.com/search/2/search/pizza.json?key=${sample.alnum(32)}`,
      ],
      misses: [() => 'TOMTOM_API_KEY=<Your_API_Key>', () => `TOMTOM_API_KEY=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'maxmind-license-key',
    title: 'MaxMind license key',
    provider: 'MaxMind',
    severity: 'low',
    precision: 'exact',
    keywords: ['_mmk'],
    lookBehind: 36,
    expression: token('[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk'),
    minEntropy: 3.8,
    source: 'https://support.maxmind.com/knowledge-base/articles/how-license-keys-work-at-maxmind',
    rotation: {
      url: 'https://www.maxmind.com/en/accounts/current/license-key',
      steps: ['Create a new license key, set it in `GeoIP.conf` and delete the leaked one.', 'Check the usage of paid web services.'],
    },
    examples: {
      matches: [
        (sample) => `LicenseKey ${sample.alnum(6)}_${sample.alnum(29)}_mmk`,
        (sample) => `MAXMIND_LICENSE_KEY=${sample.alnum(6)}_${sample.alnum(29)}_mmk`,
      ],
      misses: [
        () => 'LicenseKey YOUR_LICENSE_KEY_HERE',
        (sample) => `${sample.alnum(6)}_${sample.alnum(12)}_mmk`,
        () => `${'x'.repeat(6)}_${'x'.repeat(29)}_mmk`,
      ],
    },
  },
  {
    id: 'ipinfo-token',
    title: 'IPinfo access token',
    provider: 'IPinfo',
    severity: 'low',
    precision: 'contextual',
    keywords: ['ipinfo'],
    expression: assigned([...credentialsOf('ipinfo'), 'ipinfo\\.io/[^\\s"\']{0,64}?token', 'ipinfo\\.getHandler'], '[0-9a-f]{14}'),
    minEntropy: 2.2,
    source: 'https://ipinfo.io/developers#authentication',
    rotation: {
      url: 'https://ipinfo.io/dashboard/token',
      steps: ['Reset the token on the linked page.', 'Limit it to your domains and addresses.'],
    },
    examples: {
      matches: [(sample) => `IPINFO_TOKEN=${sample.hex(14)}`, (sample) => `curl "https://ipinfo.io/8.8.8.8?token=${sample.hex(14)}"`],
      misses: [() => 'curl ipinfo.io/8.8.8.8?token=$TOKEN', (sample) => `IPINFO_TOKEN=${sample.hex(6)}`],
    },
  },
];
