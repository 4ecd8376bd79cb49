import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const FOLDER = join(import.meta.dirname, '../../deploy/compose');

/** What the tests read of a service. */
export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, null>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

/** A file of deploy/compose. */
export function readCompose(name: string): Compose {
  return parse(readFileSync(join(FOLDER, name), 'utf8'), { merge: true });
}

export function serviceOf({ services }: Compose, name: string): Service {
  const service = services[name];
  assert.ok(service, `no service ${name}`);
  return service;
}

/** The flags of a service, with the files where they are on this machine. */
export function flagsHere(compose: Compose, name: string): string[] {
  const { command = [], volumes = [] } = serviceOf(compose, name);
  const mounts = volumes.map((mount) => mount.split(':')).filter(([path = '']) => path.startsWith('.'));
  return command.map((flag) =>
    mounts.reduce((text, [path = '', inside = '']) => text.replace(inside, join(FOLDER, path)), flag),
  );
}
