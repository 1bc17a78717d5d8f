import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** Networks that nobody on the internet can be reached in (IANA's special-purpose registries), or that lead into those. */
const PRIVATE_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Unspecified, loopback, IPv4-compatible.
  '::/96',
  // IPv4 by translation.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  // Teredo, benchmarks, ORCHID and the like.
  '2001::/23',
  '2001:db8::/32',
  // 6to4 holds any IPv4 address.
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const privateNetworks = new BlockList();
for (const network of PRIVATE_NETWORKS) {
  const [address = '', bits] = network.split('/');
  privateNetworks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether an IP address is one of the internet. An IPv4 address within an IPv6 one (`::ffff:10.0.0.1`) is what it stands for. */
export const isPublicAddress = (address: string): boolean =>
  isIP(address) !== 0 && !privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/**
 * For `net.connect` and what is made of it: refuses a name of which any address is private. The addresses that were checked are
 * those that are connected to, so a name that answers differently the second time does not help.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new Error(`${hostname} is at a private address`), []);
    }
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
