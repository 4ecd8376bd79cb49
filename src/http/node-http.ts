/*
 * An `import` of these two modules costs each thread 65 ms of CPU before its first line (docs/performance.md).
 */

/**
 * What is used of `node:http`. An import reads everything that it exports, also `WebSocket`, for which Node.js loads
 * undici.
 */
export const { Agent, createServer, request, STATUS_CODES, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');

/** `node:https`, and with it TLS, loaded when first asked for. */
export function nodeHttps(): typeof import('node:https') {
  return process.getBuiltinModule('node:https');
}
