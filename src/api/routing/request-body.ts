import { createBodyReader, type UnreadBody } from '../../http/read-body.ts';
import type { Answer } from './answer.ts';
import { ClientMistake } from './client-mistake.ts';
import type { ApiRequest, Handler } from './route-table.ts';

/**
 * The body of a request. Throws a `ClientMistake` where it is larger, or not complete. The connection stays open, and
 * the server discards what still comes for as long as a request may last: closed at once it would be reset, and the
 * client would not see why.
 */
export async function readBody(
  { incoming }: Pick<ApiRequest, 'incoming'>,
  limitBytes: number,
): Promise<Buffer> {
  const announcedBytes = Number(incoming.headers['content-length'] ?? 0);
  const body: Buffer | UnreadBody =
    announcedBytes > limitBytes ? 'too_large' : await createBodyReader(limitBytes, limitBytes)(incoming);
  if (typeof body !== 'string') return body;
  if (body === 'too_large')
    throw new ClientMistake('body_too_large', `The body must have ${limitBytes} bytes at most.`);
  throw new ClientMistake('bad_request', 'The body is not complete.');
}

/** For what operators send. */
const JSON_LIMIT_BYTES = 64 * 1024;

/** A handler that gets the value of the body besides; `undefined` if that is empty. */
export function withJson(handle: (body: unknown, request: ApiRequest) => Answer | Promise<Answer>): Handler {
  return async (request) => {
    const body = await readBody(request, JSON_LIMIT_BYTES);
    return handle(parseJson(body.toString()), request);
  };
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ClientMistake('bad_request', 'The body is not JSON.');
  }
}
