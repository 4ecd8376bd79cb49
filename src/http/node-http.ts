/*
 * An `import` of these two modules costs each thread 65 ms of CPU before its first line (docs/performance.md).
 */

/**
 * `node:http`, loaded when first asked for: an engine that pushes nothing needs none. An import would read everything
 * that it exports, also `WebSocket`, for which Node.js loads undici.
 */
export function nodeHttp(): typeof import('node:http') {
  return process.getBuiltinModule('node:http');
}

/** `node:https`, and with it TLS, loaded when first asked for. */
export function nodeHttps(): typeof import('node:https') {
  return process.getBuiltinModule('node:https');
}
