import { promisify } from 'node:util';

/** `node:zlib`, loaded when first asked for: a start needs none. */
export function nodeZlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib');
}

/** Compresses as fast as gzip can: for what is read once, over a short distance. */
export function gzipFast(content: string | Uint8Array): Promise<Buffer> {
  const { constants, gzip } = nodeZlib();
  return promisify(gzip)(content, { level: constants.Z_BEST_SPEED });
}
