import type { ReportedAsset } from '@deployguard/findings';

/** The site that an address belongs to: `https://shop.example:8443`. Undefined when it is no address. */
export function toSite(address: string | undefined): ReportedAsset | undefined {
  const url = address === undefined ? undefined : URL.parse(address);
  return url && /^https?:$/.test(url.protocol) ? { type: 'web', name: url.origin } : undefined;
}
