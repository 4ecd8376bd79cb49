/** A time as GitHub writes it: whole seconds, UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A global node id: a prefix, then [0, repository id, object id] in MessagePack and base64url. */
export function nodeId(prefix: string, repositoryId: number, id: number): string {
  const bytes = Buffer.alloc(15);
  bytes[0] = 0x93;
  bytes[2] = 0xce;
  bytes.writeUInt32BE(repositoryId, 3);
  bytes[7] = 0xcf;
  // Ids are below 2^53, so the upper half stays below 2^21.
  const upper = Math.floor(id / 0x1_0000_0000);
  const text = Buffer.concat([bytes.subarray(0, 8), fourBytes(upper), fourBytes(id % 0x1_0000_0000)]);
  return `${prefix}_${text.toString('base64url')}`;
}

function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * `inner`, itself the JSON text of an object, with `outer`'s members (name → JSON text) appended.
 */
export function withMembers(inner: object, outer: Readonly<Record<string, string>>): string {
  let text = JSON.stringify(inner).slice(0, -1);
  for (const [name, json] of Object.entries(outer)) text += `,"${name}":${json}`;
  return `${text}}`;
}
