/** Far more than a page of a hundred jobs with all their steps has. */
const MAX_VALUES = 500_000;
const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH, COMMA] = ['"', '\\', ','].map((sign) => sign.charCodeAt(0));
const OPEN = new Set(['[', '{'].map((sign) => sign.charCodeAt(0)));
const CLOSE = new Set([']', '}'].map((sign) => sign.charCodeAt(0)));

/**
 * Whether JSON is small enough to be parsed and worked with: a short text can become objects of many times
 * its size, or be nested so deeply that nothing can be done with it. Text that is not JSON may pass.
 */
export function isModestJson(body: Uint8Array): boolean {
  let [depth, values, isText] = [0, 0, false];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === COMMA) values += 1;
    else if (OPEN.has(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSE.has(byte)) depth -= 1;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return false;
  }
  return true;
}
