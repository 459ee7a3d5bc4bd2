import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Tools that build and run infrastructure, with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'pulumi-access-token',
    title: 'Pulumi access token',
    provider: 'Pulumi',
    severity: 'critical',
    precision: 'exact',
    keywords: ['pul-'],
    expression: token('pul-[0-9a-f]{40}'),
    minEntropy: 3.2,
    source: 'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
    rotation: {
      url: 'https://app.pulumi.com/account/tokens',
      steps: [
        'Delete the token on the linked page, a team or organisation token in its settings.',
        'Review the audit log; rotate the secrets of the stacks and environments it could read.',
      ],
    },
    examples: {
      matches: [(sample) => `PULUMI_ACCESS_TOKEN=pul-${sample.hex(40)}`, (sample) => `"accessToken": "pul-${sample.hex(40)}"`],
      misses: [
        () => `PULUMI_ACCESS_TOKEN=pul-${'0'.repeat(40)}`,
        (sample) => `pul-${sample.hex(10)}`,
        (sample) => `popul-${sample.hex(64)}`,
      ],
    },
  },
  {
    id: 'spacelift-api-key-secret',
    title: 'Spacelift API key secret',
    provider: 'Spacelift',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['spacelift'],
    expression: assigned(credentialsOf('spacelift'), '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://docs.spacelift.io/integrations/api#api-key-management',
    rotation: {
      url: 'https://docs.spacelift.io/integrations/api#api-key-management',
      steps: [
        'Delete the API key in the organisation settings and create a new one for the spaces it needs.',
        'Review the audit trail and runs of the stacks.',
      ],
    },
    examples: {
      matches: [(sample) => `SPACELIFT_API_KEY_SECRET=${sample.hex(64)}`, (sample) => `spacelift_api_key: "${sample.hex(64)}"`],
      misses: [() => `SPACELIFT_API_KEY_SECRET=${'0'.repeat(64)}`, (sample) => `spacelift_checksum: ${sample.hex(64)}`],
    },
  },
  {
    id: 'infracost-api-key',
    title: 'Infracost API key',
    provider: 'Infracost',
    severity: 'low',
    precision: 'exact',
    keywords: ['ico-'],
    expression: token('ico-[A-Za-z0-9]{32}(?!\\.\\w)'),
    minEntropy: 4,
    notSecrets: [/^ico-[0-9a-f]{32}$/],
    source: 'https://www.infracost.io/docs/infracost_cloud/get_started/',
    rotation: {
      url: 'https://dashboard.infracost.io/',
      steps: ['Regenerate the API key in the organisation settings and replace it in the pipelines.'],
    },
    examples: {
      matches: [(sample) => `INFRACOST_API_KEY=ico-${sample.alnum(32)}`, (sample) => `api_key: ico-${sample.alnum(32)}`],
      misses: [
        () => `INFRACOST_API_KEY=ico-${'x'.repeat(32)}`,
        (sample) => `favico-${sample.alnum(32)}`,
        (sample) => `https://cdn.example/box.ico-${sample.hex(32)}.png`,
        (sample) => `class="ico-${sample.lower(8)}"`,
      ],
    },
  },
  {
    id: 'rancher-api-token',
    title: 'Rancher API token',
    provider: 'Rancher',
    severity: 'critical',
    precision: 'exact',
    // Kubernetes makes names and keys of letters and digits without vowels.
    keywords: ['token-', 'kubeconfig-u'],
    expression: token('(?:token|kubeconfig-u(?:ser)?)-[a-z0-9]{5,12}(?:-[a-z0-9]{3,12})?:[bcdfghjklmnpqrstvwxz2456789]{54}'),
    minEntropy: 4,
    source: 'https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys',
    rotation: {
      url: 'https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys#deleting-api-keys',
      steps: [
        'Delete the API key in the account settings of its user.',
        'Review the audit log of Rancher and of the clusters that the user may enter.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RANCHER_TOKEN=token-${sample.lower(5)}:${sample.from('bcdfghjklmnpqrstvwxz2456789', 54)}`,
        (sample) => `    token: "kubeconfig-user-${sample.lower(10)}:${sample.from('bcdfghjklmnpqrstvwxz2456789', 54)}"`,
      ],
      misses: [
        () => `token-abcde:${'x'.repeat(54)}`,
        (sample) => `token-${sample.lower(5)}:${sample.lower(20)}`,
        (sample) => `token-${sample.lower(5)}`,
      ],
    },
  },
  {
    id: 'k3s-cluster-token',
    title: 'K3s or RKE2 cluster token',
    provider: 'K3s',
    severity: 'critical',
    precision: 'exact',
    keywords: ['K10'],
    expression: token('K10[0-9a-f]{64}::(?:[a-z0-9]{4,12}:)?[0-9A-Za-z.]{16,64}'),
    minEntropy: 3.5,
    source: 'https://docs.k3s.io/cli/token',
    rotation: {
      url: 'https://docs.k3s.io/cli/token#k3s-token-rotate',
      steps: ['Rotate the token: `k3s token rotate`, then restart the servers with the new one.', 'Look for nodes that you did not join.'],
    },
    examples: {
      matches: [
        (sample) => `K3S_TOKEN=K10${sample.hex(64)}::server:${sample.hex(32)}`,
        (sample) => `token: K10${sample.hex(64)}::node:${sample.hex(32)}`,
      ],
      misses: [(sample) => `K10${sample.hex(64)}`, () => `K10${'0'.repeat(64)}::server:${'0'.repeat(32)}`],
    },
  },
  {
    id: 'kubernetes-bootstrap-token',
    title: 'Kubernetes bootstrap token',
    provider: 'Kubernetes',
    severity: 'high',
    precision: 'contextual',
    keywords: ['kubeadm', 'bootstrap'],
    expression: assigned(
      ['kubeadm[ \\t]{1,4}(?:join|init|token)[^\\r\\n]{0,80}?--token', 'kubeadm[_\\-]?token', 'bootstrap[\\w.\\-]{0,16}?token'],
      '[a-z0-9]{6}\\.[a-z0-9]{16}',
    ),
    minEntropy: 3.2,
    notSecrets: [/^abcdef\./, /^[a-z]+\.[a-z]+$/, /[A-Z]/],
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
    rotation: {
      url: 'https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-token/',
      steps: [
        'Delete the token: `kubeadm token delete <id>`.',
        'Look for nodes that you did not join.',
        'Create short-lived tokens only when a node joins.',
      ],
    },
    examples: {
      matches: [
        (sample) => `kubeadm join 10.0.0.1:6443 --token ${sample.lower(6)}.${sample.lower(16)} --discovery-token-ca-cert-hash sha256:x`,
        (sample) => `bootstrapToken: "${sample.lower(6)}.${sample.lower(16)}"`,
      ],
      misses: [
        () => 'kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef',
        () => 'bootstrap_token_file: common.configuration',
        () => 'kubeadm join --token <token>',
      ],
    },
  },
  {
    id: 'openshift-user-token',
    title: 'OpenShift user token',
    provider: 'Red Hat',
    severity: 'high',
    precision: 'exact',
    keywords: ['sha256~'],
    expression: token('sha256~[\\w-]{43}'),
    minEntropy: 4,
    source: 'https://docs.openshift.com/container-platform/latest/authentication/understanding-authentication.html',
    rotation: {
      url: 'https://docs.openshift.com/container-platform/latest/authentication/managing-oauth-access-tokens.html',
      steps: [
        'Delete the token: `oc delete useroauthaccesstokens <sha256~…>`.',
        'Review the audit log of the API server for its user.',
        'Use service accounts with bound tokens.',
      ],
    },
    examples: {
      matches: [
        (sample) => `oc login --token=sha256~${sample.base64url(43)} --server=https://api.example:6443`,
        (sample) => `token: sha256~${sample.base64url(43)}`,
      ],
      misses: [() => `oc login --token=sha256~${'x'.repeat(43)}`, (sample) => `sha256~${sample.alnum(12)}`],
    },
  },
  {
    id: 'docker-swarm-join-token',
    title: 'Docker Swarm join token',
    provider: 'Docker',
    severity: 'high',
    precision: 'exact',
    keywords: ['SWMTKN-1-'],
    expression: token('SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}'),
    minEntropy: 4,
    source: 'https://docs.docker.com/engine/swarm/join-nodes/',
    rotation: {
      url: 'https://docs.docker.com/reference/cli/docker/swarm/join-token/',
      steps: ['Rotate the token: `docker swarm join-token --rotate worker`, and `manager`.', 'Look for nodes that you did not join.'],
    },
    examples: {
      matches: [
        (sample) => `docker swarm join --token SWMTKN-1-${sample.lower(50)}-${sample.lower(25)} 10.0.0.1:2377`,
        (sample) => `swarm_token: "SWMTKN-1-${sample.lower(50)}-${sample.lower(25)}"`,
      ],
      misses: [() => `SWMTKN-1-${'x'.repeat(50)}-${'x'.repeat(25)}`, (sample) => `SWMTKN-1-${sample.lower(20)}`],
    },
  },
  {
    id: 'docker-swarm-unlock-key',
    title: 'Docker Swarm unlock key',
    provider: 'Docker',
    severity: 'critical',
    precision: 'exact',
    keywords: ['SWMKEY-1-'],
    expression: token('SWMKEY-1-[A-Za-z0-9+/]{43}'),
    minEntropy: 4,
    source: 'https://docs.docker.com/engine/swarm/swarm_manager_locking/',
    rotation: {
      url: 'https://docs.docker.com/engine/swarm/swarm_manager_locking/#rotate-the-unlock-key',
      steps: ['Rotate the key: `docker swarm unlock-key --rotate`; keep the old one until every manager has the new.'],
    },
    examples: {
      matches: [(sample) => `SWARM_UNLOCK=SWMKEY-1-${sample.base64(43)}`, (sample) => `    SWMKEY-1-${sample.base64(43)}`],
      misses: [() => `SWMKEY-1-${'x'.repeat(43)}`, (sample) => `SWMKEY-1-${sample.alnum(8)}`],
    },
  },
  {
    id: 'octopus-deploy-api-key',
    title: 'Octopus Deploy API key',
    provider: 'Octopus Deploy',
    severity: 'critical',
    precision: 'exact',
    keywords: ['API-'],
    expression: token('API-[A-Z0-9]{25,32}'),
    minEntropy: 3.6,
    notSecrets: [/^API-[A-Z]*$/, /^API-[0-9A-F]{32}$/],
    source: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
    rotation: {
      url: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
      steps: [
        'Revoke the key in the profile of its user, or of its service account.',
        'Review the audit trail: deployments, variables, targets and users that were changed.',
        'Use OpenID Connect or a key with an end.',
      ],
    },
    examples: {
      matches: [(sample) => `OCTOPUS_API_KEY=API-${sample.upper(25)}7`, (sample) => `curl -H "X-Octopus-ApiKey: API-${sample.upper(30)}2"`],
      misses: [
        () => `OCTOPUS_API_KEY=API-${'X'.repeat(26)}`,
        (sample) => `see API-${sample.upper(8)}`,
        (sample) => `https://notion.example/API-${sample.hex(32).toUpperCase()}`,
        (sample) => `MYAPI-${sample.upper(26)}`,
      ],
    },
  },
  {
    id: 'harness-token',
    title: 'Harness personal or service account token',
    provider: 'Harness',
    severity: 'critical',
    precision: 'exact',
    keywords: ['pat.', 'sat.'],
    expression: token('[ps]at\\.[\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}'),
    minEntropy: 3.8,
    source: 'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
    rotation: {
      url: 'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/#rotate-api-keys',
      steps: [
        'Rotate the token in the profile of its user or in its service account, with an end date of today for the old one.',
        'Review the audit trail of the account.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HARNESS_API_KEY=pat.${sample.base64url(22)}.${sample.hex(24)}.${sample.alnum(20)}`,
        (sample) => `-H 'x-api-key: sat.${sample.base64url(22)}.${sample.hex(24)}.${sample.alnum(20)}'`,
      ],
      misses: [
        () => `pat.${'x'.repeat(22)}.${'0'.repeat(24)}.${'x'.repeat(20)}`,
        () => 'compat.require.resolve()',
        (sample) => `compat.${sample.alnum(22)}.${sample.hex(24)}.${sample.alnum(20)}`,
      ],
    },
  },
  {
    id: 'temporal-cloud-api-key',
    title: 'Temporal Cloud API key',
    provider: 'Temporal',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['temporal'],
    expression: assigned(credentialsOf('temporal'), 'eyJ[\\w-]{20,200}\\.eyJ[\\w-]{60,500}\\.[\\w-]{60,400}'),
    reach: 1300,
    minEntropy: 4,
    source: 'https://docs.temporal.io/cloud/api-keys',
    rotation: {
      url: 'https://cloud.temporal.io/settings/api-keys',
      steps: [
        'Disable, then delete the key on the linked page.',
        'Review the audit log and the workflows that were started in the namespaces it could enter.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TEMPORAL_API_KEY=eyJ${sample.base64url(60)}.eyJ${sample.base64url(200)}.${sample.base64url(86)}`,
        (sample) => `temporal workflow list --api-key eyJ${sample.base64url(60)}.eyJ${sample.base64url(200)}.${sample.base64url(86)}`,
      ],
      misses: [() => 'TEMPORAL_API_KEY=eyJhbGciOi...', (sample) => `TEMPORAL_API_KEY=eyJ${sample.base64url(40)}`],
    },
  },
];
