import { rules as accountingAndBanking } from './accounting-and-banking.ts';
import { rules as addressAndNetworkData } from './address-and-network-data.ts';
import { rules as age } from './age.ts';
import { rules as airtable } from './airtable.ts';
import { rules as alibabaCloud } from './alibaba-cloud.ts';
import { rules as analyticsServices } from './analytics-services.ts';
import { rules as anthropic } from './anthropic.ts';
import { rules as apiTools } from './api-tools.ts';
import { rules as asana } from './asana.ts';
import { rules as atlassian } from './atlassian.ts';
import { rules as authorizationHeaders } from './authorization-headers.ts';
import { rules as automationServices } from './automation-services.ts';
import { rules as aws } from './aws.ts';
import { rules as azureIdentifiableKeys } from './azure-identifiable-keys.ts';
import { rules as azure } from './azure.ts';
import { rules as bareTokens } from './bare-tokens.ts';
import { rules as bitbucket } from './bitbucket.ts';
import { rules as blockchainData } from './blockchain-data.ts';
import { rules as blockchainServices } from './blockchain-services.ts';
import { rules as brevo } from './brevo.ts';
import { rules as buildAndMonitoringServices } from './build-and-monitoring-services.ts';
import { rules as buildkite } from './buildkite.ts';
import { rules as businessTokens } from './business-tokens.ts';
import { rules as ciServices } from './ci-services.ts';
import { rules as circleci } from './circleci.ts';
import { rules as clerk } from './clerk.ts';
import { rules as clickup } from './clickup.ts';
import { rules as cloudHosting } from './cloud-hosting.ts';
import { rules as cloudRegionTokens } from './cloud-region-tokens.ts';
import { rules as cloudflare } from './cloudflare.ts';
import { rules as cloudinary } from './cloudinary.ts';
import { rules as codeAnalysis } from './code-analysis.ts';
import { rules as commandLines } from './command-lines.ts';
import { rules as commerceAndDevices } from './commerce-and-devices.ts';
import { rules as configFiles } from './config-files.ts';
import { rules as confluent } from './confluent.ts';
import { rules as connectionStrings } from './connection-strings.ts';
import { rules as contentPlatforms } from './content-platforms.ts';
import { rules as contentful } from './contentful.ts';
import { rules as cryptoExchanges } from './crypto-exchanges.ts';
import { rules as cryptoWallets } from './crypto-wallets.ts';
import { rules as customerSupport } from './customer-support.ts';
import { rules as dataPlatforms } from './data-platforms.ts';
import { rules as databricks } from './databricks.ts';
import { rules as datadog } from './datadog.ts';
import { rules as developerServices } from './developer-services.ts';
import { rules as developerTokens } from './developer-tokens.ts';
import { rules as devicePlatforms } from './device-platforms.ts';
import { rules as digitalocean } from './digitalocean.ts';
import { rules as discord } from './discord.ts';
import { rules as dockerHub } from './docker-hub.ts';
import { rules as documentServices } from './document-services.ts';
import { rules as doppler } from './doppler.ts';
import { rules as dropbox } from './dropbox.ts';
import { rules as easypost } from './easypost.ts';
import { rules as elastic } from './elastic.ts';
import { rules as elevenlabs } from './elevenlabs.ts';
import { rules as emailServices } from './email-services.ts';
import { rules as errorTracking } from './error-tracking.ts';
import { rules as featureFlags } from './feature-flags.ts';
import { rules as figma } from './figma.ts';
import { rules as flyIo } from './fly-io.ts';
import { rules as foursquare } from './foursquare.ts';
import { rules as genericAssignments } from './generic-assignments.ts';
import { rules as github } from './github.ts';
import { rules as gitlab } from './gitlab.ts';
import { rules as google } from './google.ts';
import { rules as grafana } from './grafana.ts';
import { rules as hashicorp } from './hashicorp.ts';
import { rules as heroku } from './heroku.ts';
import { rules as hubspot } from './hubspot.ts';
import { rules as huggingFace } from './hugging-face.ts';
import { rules as ibmCloud } from './ibm-cloud.ts';
import { rules as identityProviders } from './identity-providers.ts';
import { rules as imageAndVideoServices } from './image-and-video-services.ts';
import { rules as incidentResponse } from './incident-response.ts';
import { rules as infrastructureTools } from './infrastructure-tools.ts';
import { rules as jfrog } from './jfrog.ts';
import { rules as jsonWebTokens } from './json-web-tokens.ts';
import { rules as keystores } from './keystores.ts';
import { rules as kubernetesSecrets } from './kubernetes-secrets.ts';
import { rules as languageModels } from './language-models.ts';
import { rules as linear } from './linear.ts';
import { rules as linkedin } from './linkedin.ts';
import { rules as logPlatforms } from './log-platforms.ts';
import { rules as mailgun } from './mailgun.ts';
import { rules as mailingServices } from './mailing-services.ts';
import { rules as managedDatabases } from './managed-databases.ts';
import { rules as mapbox } from './mapbox.ts';
import { rules as mapsAndWeather } from './maps-and-weather.ts';
import { rules as marketData } from './market-data.ts';
import { rules as marketplaces } from './marketplaces.ts';
import { rules as mediaPlatforms } from './media-platforms.ts';
import { rules as messagingServices } from './messaging-services.ts';
import { rules as meta } from './meta.ts';
import { rules as microsoftTeams } from './microsoft-teams.ts';
import { rules as minisign } from './minisign.ts';
import { rules as modelOperations } from './model-operations.ts';
import { rules as modelServices } from './model-services.ts';
import { rules as mongodbAtlas } from './mongodb-atlas.ts';
import { rules as n8n } from './n8n.ts';
import { rules as namedValues } from './named-values.ts';
import { rules as netlify } from './netlify.ts';
import { rules as newRelic } from './new-relic.ts';
import { rules as notion } from './notion.ts';
import { rules as objectStorage } from './object-storage.ts';
import { rules as observability } from './observability.ts';
import { rules as okta } from './okta.ts';
import { rules as onePassword } from './one-password.ts';
import { rules as oneTimePasswords } from './one-time-passwords.ts';
import { rules as openai } from './openai.ts';
import { rules as packageRegistries } from './package-registries.ts';
import { rules as paddle } from './paddle.ts';
import { rules as paymentServices } from './payment-services.ts';
import { rules as paypal } from './paypal.ts';
import { rules as paystack } from './paystack.ts';
import { rules as pinecone } from './pinecone.ts';
import { rules as plaid } from './plaid.ts';
import { rules as planetscale } from './planetscale.ts';
import { rules as posthog } from './posthog.ts';
import { rules as privateKeys } from './private-keys.ts';
import { rules as privateNetworks } from './private-networks.ts';
import { rules as proxmox } from './proxmox.ts';
import { rules as salesAndMarketing } from './sales-and-marketing.ts';
import { rules as salesforce } from './salesforce.ts';
import { rules as searchServices } from './search-services.ts';
import { rules as secretManagers } from './secret-managers.ts';
import { rules as selfHostedServices } from './self-hosted-services.ts';
import { rules as sentry } from './sentry.ts';
import { rules as shippingAndTravel } from './shipping-and-travel.ts';
import { rules as shippo } from './shippo.ts';
import { rules as shopify } from './shopify.ts';
import { rules as slack } from './slack.ts';
import { rules as speechModels } from './speech-models.ts';
import { rules as square } from './square.ts';
import { rules as stripe } from './stripe.ts';
import { rules as supabase } from './supabase.ts';
import { rules as teamTools } from './team-tools.ts';
import { rules as tencentCloud } from './tencent-cloud.ts';
import { rules as terraformVariables } from './terraform-variables.ts';
import { rules as threatIntelligence } from './threat-intelligence.ts';
import { rules as togetherAi } from './together-ai.ts';
import { rules as trello } from './trello.ts';
import { rules as twilio } from './twilio.ts';
import { rules as twitch } from './twitch.ts';
import { rules as twitter } from './twitter.ts';
import { buildUnprovenTokenRule } from './unproven-tokens.ts';
import { rules as urlCredentials } from './url-credentials.ts';
import { rules as vercel } from './vercel.ts';
import { rules as weakPasswords } from './weak-passwords.ts';
import { rules as weatherAndTravelData } from './weather-and-travel-data.ts';
import { rules as webFrameworks } from './web-frameworks.ts';
import { rules as webScrapingServices } from './web-scraping-services.ts';
import { rules as webhookAddresses } from './webhook-addresses.ts';
import { rules as weightsAndBiases } from './weights-and-biases.ts';
import { rules as wireguard } from './wireguard.ts';
import { rules as workTools } from './work-tools.ts';
import { rules as yandexCloud } from './yandex-cloud.ts';
import type { Rule } from './rule.ts';

/** All built-in rules. One line a provider file, sorted; a test compares the list with the folder. */
const providerRules: readonly Rule[] = [
  ...accountingAndBanking,
  ...addressAndNetworkData,
  ...age,
  ...airtable,
  ...alibabaCloud,
  ...analyticsServices,
  ...anthropic,
  ...apiTools,
  ...asana,
  ...atlassian,
  ...authorizationHeaders,
  ...automationServices,
  ...aws,
  ...azureIdentifiableKeys,
  ...azure,
  ...bareTokens,
  ...bitbucket,
  ...blockchainData,
  ...blockchainServices,
  ...brevo,
  ...buildAndMonitoringServices,
  ...buildkite,
  ...businessTokens,
  ...ciServices,
  ...circleci,
  ...clerk,
  ...clickup,
  ...cloudHosting,
  ...cloudRegionTokens,
  ...cloudflare,
  ...cloudinary,
  ...codeAnalysis,
  ...commandLines,
  ...commerceAndDevices,
  ...configFiles,
  ...confluent,
  ...connectionStrings,
  ...contentPlatforms,
  ...contentful,
  ...cryptoExchanges,
  ...cryptoWallets,
  ...customerSupport,
  ...dataPlatforms,
  ...databricks,
  ...datadog,
  ...developerServices,
  ...developerTokens,
  ...devicePlatforms,
  ...digitalocean,
  ...discord,
  ...dockerHub,
  ...documentServices,
  ...doppler,
  ...dropbox,
  ...easypost,
  ...elastic,
  ...elevenlabs,
  ...emailServices,
  ...errorTracking,
  ...featureFlags,
  ...figma,
  ...flyIo,
  ...foursquare,
  ...genericAssignments,
  ...github,
  ...gitlab,
  ...google,
  ...grafana,
  ...hashicorp,
  ...heroku,
  ...hubspot,
  ...huggingFace,
  ...ibmCloud,
  ...identityProviders,
  ...imageAndVideoServices,
  ...incidentResponse,
  ...infrastructureTools,
  ...jfrog,
  ...jsonWebTokens,
  ...keystores,
  ...kubernetesSecrets,
  ...languageModels,
  ...linear,
  ...linkedin,
  ...logPlatforms,
  ...mailgun,
  ...mailingServices,
  ...managedDatabases,
  ...mapbox,
  ...mapsAndWeather,
  ...marketData,
  ...marketplaces,
  ...mediaPlatforms,
  ...messagingServices,
  ...meta,
  ...microsoftTeams,
  ...minisign,
  ...modelOperations,
  ...modelServices,
  ...mongodbAtlas,
  ...n8n,
  ...namedValues,
  ...netlify,
  ...newRelic,
  ...notion,
  ...objectStorage,
  ...observability,
  ...okta,
  ...onePassword,
  ...oneTimePasswords,
  ...openai,
  ...packageRegistries,
  ...paddle,
  ...paymentServices,
  ...paypal,
  ...paystack,
  ...pinecone,
  ...plaid,
  ...planetscale,
  ...posthog,
  ...privateKeys,
  ...privateNetworks,
  ...proxmox,
  ...salesAndMarketing,
  ...salesforce,
  ...searchServices,
  ...secretManagers,
  ...selfHostedServices,
  ...sentry,
  ...shippingAndTravel,
  ...shippo,
  ...shopify,
  ...slack,
  ...speechModels,
  ...square,
  ...stripe,
  ...supabase,
  ...teamTools,
  ...tencentCloud,
  ...terraformVariables,
  ...threatIntelligence,
  ...togetherAi,
  ...trello,
  ...twilio,
  ...twitch,
  ...twitter,
  ...urlCredentials,
  ...vercel,
  ...weakPasswords,
  ...weatherAndTravelData,
  ...webFrameworks,
  ...webScrapingServices,
  ...webhookAddresses,
  ...weightsAndBiases,
  ...wireguard,
  ...workTools,
  ...yandexCloud,
];

const isGeneral = ({ provider }: Rule): boolean => provider === 'Generic';

/** What names a provider goes first: of two rules that are as precise, the first has the finding. */
export const builtInRules: readonly Rule[] = [
  ...providerRules.filter((rule) => !isGeneral(rule)),
  ...providerRules.filter(isGeneral),
  buildUnprovenTokenRule(providerRules),
];
