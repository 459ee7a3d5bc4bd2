import type { ReportedFinding } from '@deployguard/findings';
import { findCloud } from './find-cloud.ts';
import type { AssetType } from './phoenix-import.ts';

/** What a finding is about, as Phoenix knows it. */
export interface PhoenixAsset {
  readonly type: AssetType;
  /** The same for the same asset, and for no other of its type. */
  readonly identity: string;
  /** With all that assets of the type must have. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface AssetChoice {
  /** Default: what the finding tells. */
  readonly assetType?: AssetType;
  /** Of what a finding is about that does not tell. */
  readonly assetName: string;
  /** Whether that is the name of an asset, and not only of an assessment. */
  readonly isNamed: boolean;
}

/** What of a finding tells its asset. */
export type AssetClues = Pick<ReportedFinding, 'asset' | 'location' | 'tool'>;

/** The asset of a finding, or why there is none of the type that was asked for. */
export function toAsset(finding: AssetClues, choice: AssetChoice): PhoenixAsset | { readonly problem: string } {
  const type = choice.assetType ?? chooseType(finding);
  const { asset, location } = finding;
  const name = asset?.name || choice.assetName;
  switch (type) {
    case 'REPOSITORY':
      return named(type, 'repository', name);
    case 'CODE':
      return named(type, 'scannerSource', name);
    case 'CONTAINER':
      return named(type, 'dockerfile', name);
    case 'BUILD':
      return named(type, 'buildFile', asset?.name || location?.path || choice.assetName);
    case 'CLOUD':
      return toCloud(finding);
    case 'WEB':
    case 'INFRA': {
      const host = findHost(finding) ?? (choice.isNamed ? toHost(choice.assetName) : undefined);
      if (host === undefined) return { problem: 'names no host' };
      return type === 'WEB' ? toSite(host) : toMachine(host);
    }
  }
}

/** What is neither in a cloud nor on a network is taken for code: every scanner of files and manifests comes here. */
function chooseType(finding: AssetClues): AssetType {
  switch (finding.asset?.type) {
    case 'image':
      return 'CONTAINER';
    case 'build':
      return 'BUILD';
    case 'repository':
      return 'REPOSITORY';
    default: {
      if (findCloud(finding) !== undefined) return 'CLOUD';
      const host = findHost(finding);
      if (host === undefined) return 'REPOSITORY';
      // A machine needs an address; a name alone is enough for a site.
      return finding.location?.url === undefined && finding.asset?.type !== 'web' && host.ip !== undefined ? 'INFRA' : 'WEB';
    }
  }
}

function named(type: AssetType, attribute: string, name: string): PhoenixAsset {
  return { type, identity: name, attributes: { [attribute]: name } };
}

function toCloud(finding: AssetClues): PhoenixAsset | { readonly problem: string } {
  const cloud = findCloud(finding);
  if (cloud === undefined) return { problem: 'names no account of AWS, Azure or Google Cloud' };
  const { provider, account, region, resource, resourceGroup } = cloud;
  return {
    type: 'CLOUD',
    identity: [provider, account, resource].join('\0'),
    attributes: {
      providerType: provider,
      providerAccountId: account,
      ...(resource !== undefined && { providerResourceId: resource }),
      // Azure must have one.
      ...((region !== undefined || provider === 'AZURE') && { region: region ?? 'unknown' }),
      ...(resourceGroup !== undefined && { resourceGroup }),
    },
  };
}

interface Host {
  readonly ip?: string;
  readonly name?: string;
}

function toSite({ ip, name }: Host): PhoenixAsset {
  return {
    type: 'WEB',
    identity: (name ?? ip)!,
    attributes: { ...(ip !== undefined && name === undefined && { ip }), ...(name !== undefined && { fqdn: name }) },
  };
}

/** A machine without a name goes by its address; one without an address is sent without, as tools of Phoenix do. */
function toMachine({ ip, name }: Host): PhoenixAsset {
  return {
    type: 'INFRA',
    identity: (ip ?? name)!,
    attributes: { ...(ip !== undefined && { ip }), hostname: (name ?? ip)!, ...(name !== undefined && { fqdn: name }) },
  };
}

function findHost({ location = {}, asset }: AssetClues): Host | undefined {
  const told = [location.url, location.host, asset?.type === 'host' || asset?.type === 'web' ? asset.name : undefined];
  const hosts = told.map((text) => (text === undefined ? undefined : toHost(text))).filter((host) => host !== undefined);
  if (hosts.length === 0) return undefined;
  // Two of them may be the name and the address of one machine; two names are two, and the nearest counts.
  const [first, second] = hosts as [Host, Host?];
  return location.url === undefined ? { ...second, ...first } : first;
}

/** From an address of the web, a host, or a host with its port. */
function toHost(text: string): Host | undefined {
  const trimmed = text.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${isAddress6(trimmed) ? `[${trimmed}]` : trimmed}`;
  if (!URL.canParse(address)) return undefined;
  // Schemes that are not of the web do not bring their host into its usual form.
  const { hostname } = new URL(address.replace(/^[^:]+:/, 'http:'));
  if (hostname === '') return undefined;
  if (hostname.startsWith('[')) return { ip: hostname.slice(1, -1) };
  // A host called 7 becomes 0.0.0.7 there.
  if (/^\d+(?:\.\d+){3}$/.test(hostname)) return trimmed.includes(hostname) ? { ip: hostname } : { name: trimmed };
  return { name: hostname.replace(/\.$/, '') };
}

function isAddress6(text: string): boolean {
  return text.split(':').length > 2 && !text.startsWith('[');
}
