const TIMEOUT_MS = 5000;
const LIMIT_BYTES = 256 * 1024;

/** A JSON object from there: within five seconds, at most 256 KiB, and from no other place. Throws otherwise. */
export async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { signal, redirect: 'error', headers: { Accept: 'application/json' } });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`Status ${response.status}.`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    length += part.length;
    if (length > LIMIT_BYTES) throw new Error('The answer is too large.');
    parts.push(part);
  }
  const value: unknown = JSON.parse(Buffer.concat(parts).toString());
  if (typeof value !== 'object' || value === null) throw new Error('The answer is no JSON object.');
  return value as Record<string, unknown>;
}
