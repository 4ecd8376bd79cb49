/**
 * The statuses of the answers in everything received on a connection; throws on what is not HTTP. The last
 * may be cut off.
 */
export function statusesIn(received: Buffer): number[] {
  const statuses: number[] = [];
  for (let at = 0; at < received.length; ) {
    const headEnd = received.indexOf('\r\n\r\n', at);
    const head = received.toString('latin1', at, headEnd === -1 ? received.length : headEnd);
    const status = Number(/^HTTP\/1\.1 (\d{3}) [A-Za-z -]+(\r\n|$)/.exec(head)?.[1]);
    if (headEnd === -1) return statuses;
    if (!Number.isInteger(status)) throw new Error(`no answer: ${JSON.stringify(head.slice(0, 200))}`);
    statuses.push(status);
    at = headEnd + 4;
    // The answer to HEAD has no body, whatever it says.
    if (!received.subarray(at, at + 9).equals(NEXT)) at = endOfBody(received, at, head, status);
  }
  return statuses;
}

const NEXT = Buffer.from('HTTP/1.1 ');
const WITHOUT_BODY = [100, 204, 304];

function endOfBody(received: Buffer, start: number, head: string, status: number): number {
  if (WITHOUT_BODY.includes(status)) return start;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return start + Number(length);
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return received.length;
  let at = start;
  for (;;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd === -1) return received.length;
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size))
      throw new Error(`no chunk: ${JSON.stringify(received.toString('latin1', start, lineEnd))}`);
    at = lineEnd + 2 + size + 2;
    if (size === 0) return at;
  }
}
