import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { CHART, type Values } from './chart-values.ts';
import type { KubernetesObject } from './kubernetes-schemas.ts';

/** What helm answers; its words for people stand on standard error. */
export function helm(...args: readonly string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  using home = openTemporaryFolder();
  const env = { PATH: process.env['PATH'], HOME: home.path };
  const { status, stdout, stderr, error } = spawnSync(peerPath('helm'), args, {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}

/** The objects that the chart makes of these values, in the namespace `ci` with the release `ants`. Throws on a failure. */
export function render(values: Values, chart = CHART): readonly KubernetesObject[] {
  const text = renderText(values, chart);
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS();
    return object === null ? [] : [object];
  });
}

/** As `render`, as text. */
export function renderText(values: Values, chart = CHART): string {
  using folder = openTemporaryFolder({ 'values.json': JSON.stringify(values) });
  const { code, stdout, stderr } = helm(
    'template',
    'ants',
    chart,
    '--namespace',
    'ci',
    '-f',
    `${folder.path}/values.json`,
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
