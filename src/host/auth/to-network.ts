import { isIP, SocketAddress } from 'node:net';

/**
 * Who may be at an address, for counting: an IPv4 address itself, also where it is written as IPv6 (`::ffff:192.0.2.1`); of IPv6
 * the /64, because whoever has one address of it has all 2^64. What is no address is left as it is.
 */
export function toNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [unscoped] = address.split('%');
  const { address: shortest } = new SocketAddress({ address: unscoped, family: 'ipv6' });
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(shortest);
  if (mapped) return mapped[1] ?? address;
  const [head = [], tail = []] = shortest.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
