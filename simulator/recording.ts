import { createReadStream, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AntError } from '../src/domain/errors.ts';
import type { SignedRequest } from './signed-request.ts';

/*
 * Recorded deliveries: one JSON object `{ "headers": {…}, "body": "…" }` a line (`.jsonl`, `.ndjson`), or one
 * such object or an array of them in a `.json` file. The body is the text exactly as it was received, or a
 * JSON value.
 */

/** The line of a recording. */
export function recordLine(envelope: SignedRequest): string {
  return `${JSON.stringify(envelope)}\n`;
}

/**
 * All deliveries in the files, in the given order; for a folder, its files by name. Rejects with an AntError.
 */
export async function* readRecordings(paths: readonly string[]): AsyncGenerator<SignedRequest> {
  for (const path of paths.flatMap(filesAt)) {
    if (path.endsWith('.json')) yield* readJsonFile(path);
    else yield* readLines(path);
  }
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => /\.(json|jsonl|ndjson)$/.test(name));
    return names.sort().map((name) => join(path, name));
  } catch (err) {
    throw new AntError('usage', `${path} cannot be read: ${(err as Error).message}`, { cause: err });
  }
}

async function* readJsonFile(path: string): AsyncGenerator<SignedRequest> {
  const content = parse(await readFile(path, 'utf8'), path);
  for (const [index, record] of (Array.isArray(content) ? content : [content]).entries()) {
    yield toEnvelope(record, `${path}, record ${index + 1}`);
  }
}

async function* readLines(path: string): AsyncGenerator<SignedRequest> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    const place = `${path}, line ${number}`;
    if (line.trim() !== '') yield toEnvelope(parse(line, place), place);
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    throw unreadable(place, `is not JSON: ${(err as Error).message}`);
  }
}

function toEnvelope(record: unknown, place: string): SignedRequest {
  if (typeof record !== 'object' || record === null) throw unreadable(place, 'is not an object');
  const { headers, body } = record as { headers?: unknown; body?: unknown };
  if (typeof headers !== 'object' || headers === null) throw unreadable(place, 'has no "headers"');
  if (body === undefined) throw unreadable(place, 'has no "body"');
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { headers: Object.fromEntries(texts), body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function unreadable(place: string, problem: string): AntError {
  return new AntError('command_failed', `${place} ${problem}`, {
    hint: 'a record is { "headers": {…}, "body": "the text as it was received" }',
  });
}
