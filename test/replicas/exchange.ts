import { request } from 'node:http';

export interface ExchangeOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** As long as GitHub waits for an answer. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One request on a connection of its own. Null: no answer, or none that is whole. */
export function exchange(
  url: string,
  { method = 'GET', headers = {}, body = '', timeoutMs = 10_000 }: ExchangeOptions = {},
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const length = body === '' ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
    const sending = request(url, { method, headers: { ...headers, ...length }, agent: false });
    const timer = setTimeout(() => sending.destroy(new Error('late')), timeoutMs);
    const end = (answer: Answer | null) => {
      clearTimeout(timer);
      resolve(answer);
    };
    sending.on('error', () => end(null));
    sending.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', () => end(null)).on('aborted', () => end(null));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        end(response.complete ? { status: response.statusCode ?? 0, text } : null);
      });
    });
    sending.end(body);
  });
}
