import type { AssetClues } from './to-asset.ts';

/** Where in which cloud something is. */
export interface CloudPlace {
  readonly provider: 'AWS' | 'AZURE' | 'GCP';
  readonly account: string;
  readonly region?: string;
  /** Its full name. */
  readonly resource?: string;
  readonly resourceGroup?: string;
}

/**
 * Reads the place of a finding from the names that clouds give: ARNs, resource ids of Azure, full resource names of Google Cloud, and the forms
 * of their accounts. Undefined where it is in none of the three.
 */
export function findCloud({ location = {}, asset, tool }: AssetClues): CloudPlace | undefined {
  const { resource } = location;
  const account = location.account ?? (asset?.type === 'cloud' ? asset.name : undefined);
  const common = { ...(resource !== undefined && { resource }), ...(location.region !== undefined && { region: location.region }) };

  for (const text of [resource, account]) {
    if (text === undefined) continue;
    const aws = /^arn:aws[a-z-]*:[^:]*:([^:]*):([^:]*):/.exec(text);
    // Some resources are named without account and region: `arn:aws:s3:::bucket`.
    if (aws) return { provider: 'AWS', account: aws[2] || plain(account) || text, ...(aws[1] && { region: aws[1] }), ...common };
    const azure = /(?:^|\/)subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i.exec(text);
    if (azure) return { provider: 'AZURE', account: azure[1]!, ...(azure[2] && { resourceGroup: azure[2] }), ...common };
    const gcp = /^(?:(?:https?:)?\/\/[a-z.]+\.googleapis\.com\/(?:[a-z0-9]+\/v\w+\/)?)?projects\/([^/]+)/.exec(text);
    if (gcp) return { provider: 'GCP', account: gcp[1]!, ...common };
  }
  if (account === undefined) return undefined;
  if (/^\d{12}$/.test(account)) return { provider: 'AWS', account, ...common };
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(account)) return { provider: 'AZURE', account, ...common };
  return /gcp|google/.test(tool.format) ? { provider: 'GCP', account, ...common } : undefined;
}

function plain(account: string | undefined): string | undefined {
  return account?.startsWith('arn:') ? undefined : account;
}
