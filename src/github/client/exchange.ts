/** What the server said. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Decompressed. */
  readonly body: Buffer;
}

/** Why there is no whole answer. */
export interface NoAnswer {
  readonly failure: 'timeout' | 'network' | 'too_large' | 'closed';
  readonly reason: string;
}

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends it as `closed`. */
  readonly closing: AbortSignal;
}

/** Sends one request and reads its whole answer. Redirects are answers like others. */
export async function exchange(url: URL, options: ExchangeOptions): Promise<HttpAnswer | NoAnswer> {
  const { method, headers, timeoutMs, maxBytes, closing } = options;
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { method, headers, redirect: 'manual', signal });
    const body = await readBody(response.body, maxBytes);
    if (body === null) return { failure: 'too_large', reason: `an answer of more than ${maxBytes} bytes` };
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    if (closing.aborted) return { failure: 'closed', reason: 'given up at the end of the process' };
    return noAnswerOf(error);
  }
}

/** Null when there is more of it than `maxBytes`; the rest is not read. */
async function readBody(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream ?? []) {
    length += chunk.length;
    // Leaving the loop closes the connection.
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `fetch` fails with a `TypeError` whose cause tells more. */
function noAnswerOf(error: unknown): NoAnswer {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return { failure: 'timeout', reason: 'no whole answer in time' };
  if (!(error instanceof TypeError)) throw error;
  const { code = '', message = error.message } = (error.cause ?? {}) as { code?: string; message?: string };
  return { failure: 'network', reason: message === '' ? code : message };
}
