import { BlockList, isIP } from 'node:net';

/**
 * What is nobody's on the open internet: this machine, private and link-local networks (where clouds keep their metadata),
 * carriers' own, documentation, multicast and reserved ones; after IANA's registries of special-purpose addresses.
 */
const SPECIAL: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Of IPv6 only 2000::/3 is given out. What carries an IPv4 address inside would be a way around the list above.
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

// One for each family: a list compares an IPv4 address with the networks of IPv6 too, as mapped there.
const BLOCKED = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of SPECIAL) BLOCKED[familyOf(network)].addSubnet(network, bits, familyOf(network));

/** Whether an address is one of the open internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = familyOf(address);
  return isIP(address) !== 0 && !BLOCKED[family].check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
