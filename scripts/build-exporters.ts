import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EXPORTERS, type Exporter, exporterFolder, exporterProgram } from '../bench/exporters.ts';

/*
 * Builds the programs that `npm run bench -- --only peers` measures beside this one, from their own repositories, which
 * takes minutes the first time. It needs git and Go. `--from` is where the repositories are, if not at GitHub.
 */

const USAGE = 'Usage: bin/node scripts/build-exporters.ts [--from URL]\n';
const GITHUB = 'https://github.com';
/** Its own distribution has v0.150.0. */
const COLLECTOR_VERSION = 'v0.165.0';
const BUILDER = `go.opentelemetry.io/collector/cmd/builder@${COLLECTOR_VERSION}`;

if (import.meta.main) {
  const options = {
    from: { type: 'string', default: GITHUB },
    help: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(USAGE);
  else for (const exporter of EXPORTERS) build(exporter, values.from);
}

/** Under its final name only once it is complete. Says why where it can't be built. */
function build(exporter: Exporter, from: string): void {
  const { name, repository, commit } = exporter;
  if (existsSync(exporterProgram(exporter))) return;
  const folder = resolve(exporterFolder(exporter));
  const sources = `${folder}.sources`;
  process.stdout.write(`Building ${repository} at ${commit}\n`);
  for (const each of [folder, sources]) rmSync(each, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const built = join(folder, `${name}.partial`);
  const isBuilt =
    run('git', ['clone', '--quiet', `${from}/${repository}`, sources]) &&
    run('git', ['-C', sources, 'checkout', '--quiet', commit]) &&
    compile(exporter, sources, built);
  if (isBuilt) renameSync(built, exporterProgram(exporter));
  else process.exitCode = 1;
  rmSync(sources, { recursive: true, force: true });
}

function compile(exporter: Exporter, sources: string, built: string): boolean {
  if (exporter.build !== null) return run('go', ['build', '-o', built, ...exporter.build], sources);
  const manifest = join(sources, 'bench-manifest.yaml');
  const output = join(sources, 'bench-build');
  writeFileSync(manifest, JSON.stringify(collectorManifest(sources, output)));
  if (!run('go', ['run', BUILDER, '--config', manifest], sources)) return false;
  renameSync(join(output, 'collector'), built);
  return true;
}

/** Its receiver, and of the Collector what it needs: https://opentelemetry.io/docs/collector/extend/ocb/. */
function collectorManifest(sources: string, output: string): object {
  const own = 'github.com/grafana/grafana-ci-otel-collector';
  const parts = [
    'receiver/githubactionsreceiver',
    'internal/semconv',
    'internal/traceutils',
    'internal/sharedcomponent',
  ];
  const prometheus = 'github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter';
  return {
    dist: { name: 'collector', output_path: output, cgo_enabled: false },
    receivers: [{ gomod: `${own}/receiver/githubactionsreceiver v0.1.0` }],
    exporters: [
      { gomod: `go.opentelemetry.io/collector/exporter/nopexporter ${COLLECTOR_VERSION}` },
      { gomod: `${prometheus} ${COLLECTOR_VERSION}` },
    ],
    replaces: parts.map((part) => `${own}/${part} => ${join(sources, part)}`),
  };
}

function run(command: string, args: readonly string[], cwd = '.'): boolean {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const { status, error } = spawnSync('nice', ['-n', '15', command, ...args], { cwd, env, stdio: 'inherit' });
  if (status !== 0)
    process.stdout.write(`${command} ${args[0]} failed${error ? `: ${error.message}` : ''}.\n`);
  return status === 0;
}
