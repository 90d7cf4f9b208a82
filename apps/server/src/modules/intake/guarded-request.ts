import { lookup as resolve } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where no call-back may go: link-local, the metadata services of clouds, nowhere, everywhere. */
const REFUSED = new BlockList();
REFUSED.addSubnet('169.254.0.0', 16, 'ipv4');
REFUSED.addSubnet('0.0.0.0', 8, 'ipv4');
REFUSED.addSubnet('224.0.0.0', 3, 'ipv4');
REFUSED.addAddress('100.100.100.200', 'ipv4');
REFUSED.addSubnet('fe80::', 10, 'ipv6');
REFUSED.addSubnet('ff00::', 8, 'ipv6');
REFUSED.addSubnet('fd00:ec2::', 32, 'ipv6');
REFUSED.addAddress('::', 'ipv6');

export class AddressRefused extends Error {}

/** Whether an IP address is off limits. IPv4 in IPv6 clothing counts as IPv4. */
export function isRefusedAddress(address: string): boolean {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (mapped) {
    const [, dotted, high, low] = mapped;
    const bytes = (part: string) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255];
    return isRefusedAddress(dotted ?? [...bytes(high!), ...bytes(low!)].join('.'));
  }
  const family = isIP(address);
  return family === 0 || REFUSED.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why a call-back address cannot be used; `null` when it can. Names are looked at again at each call. */
export function callbackUrlProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return '回传地址应以 http:// 或 https:// 开头';
  if (url.username || url.password) return '回传地址不能带用户名和口令';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && isRefusedAddress(host)) return '回传地址指向不允许访问的网络地址';
  return null;
}

/** Resolves a name once and refuses the connection if any of its addresses is off limits: what was checked is what is called. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.some(({ address }) => isRefusedAddress(address)))
      return callback(new AddressRefused('域名指向不允许访问的网络地址'), []);
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/**
 * Posts JSON to a partner. Follows no redirects; reads nothing of the answer but its status.
 * @returns the HTTP status
 */
export function postGuarded(
  target: string,
  body: Buffer,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<number> {
  const problem = callbackUrlProblem(target);
  if (problem) return Promise.reject(new AddressRefused(problem));
  const url = new URL(target);
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) },
        lookup: guardedLookup,
        // A connection of its own: one kept alive would not be looked up again.
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        done(response.statusCode ?? 0);
        response.destroy();
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}
