/**
 * Addresses that are no public hosts (IANA special-purpose address registries, RFC 6890 and its updates).
 *
 * `private` ones are fine inside one's own network and open to `allowPrivate`; the others are never wanted: metadata services of clouds,
 * link-local, multicast, documentation and reserved ranges, and ranges that hide an IPv4 address in another form.
 */
export const specialAddresses = {
  private: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', '::1/128', 'fc00::/7'],
  denied: [
    '0.0.0.0/8',
    // Metadata of Alibaba Cloud, inside the shared range; Azure's; and, in ::/0 below, of AWS and Google Cloud.
    '100.100.100.200/32',
    '168.63.129.16/32',
    '169.254.0.0/16',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    'fd00:ec2::254/128',
    'fd20:ce::254/128',
    // Inside the global range 2000::/3: protocol assignments with Teredo, documentation, 6to4.
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    '3fff::/20',
  ],
  /** Of IPv6, only this is public; ::, ::ffff:0:0/96, 64:ff9b::/96, 5f00::/16, fe80::/10, fec0::/10 and ff00::/8 lie outside. */
  global6: ['2000::/3'],
} as const;
