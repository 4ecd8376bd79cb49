import type { Random } from '../../simulator/random.ts';

export type Header = readonly [name: string, value: string];

/** A request as it is on the wire. */
export type RawRequest = Buffer;

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Writes a request; its body with its length, with a wrong length, or in chunks. */
export function rawRequest({ method, path, headers, body }: Parts, random: Random): RawRequest {
  const isChunked = random.chance(0.2);
  const isWrong = random.chance(0.03);
  const length = String(isWrong ? random.pick([0, 1, -1, body.length + 1, 10 ** 12]) : body.length);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, isChunked ? chunked(body, random) : body]);
}

function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + random.int(1, random.pick([3, 100, 100_000])));
    const extension = random.chance(0.02) ? ';x=y' : '';
    parts.push(Buffer.from(`${part.length.toString(16)}${extension}\r\n`), part, Buffer.from('\r\n'));
    at += part.length;
    if (parts.length > 300) return Buffer.concat(parts); // cut off there
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
