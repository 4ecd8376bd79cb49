import { join } from 'node:path';
import { PEERS_FOLDER } from '../test/peers.ts';
import { SECRET } from './bodies.ts';

/*
 * Programs of others that take the same webhooks. They are built aside, from their own sources, by
 * scripts/build-exporters.ts; nothing of them is in this project.
 */

export interface Exporter {
  readonly name: string;
  /** Of its repository at GitHub. */
  readonly repository: string;
  readonly commit: string;
  readonly date: string;
  /** The arguments of `go build`; null: an OpenTelemetry Collector with its receiver. */
  readonly build: readonly string[] | null;
  /** Whether it keeps what it counts. */
  readonly isDurable: boolean;
  /** How it is started, to take webhooks at `/webhook` on that port, with the metrics on the other one. */
  readonly launch: (port: number, metricsPort: number) => Launch;
}

export interface Launch {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A file in its folder, by its name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const EXPORTERS: readonly Exporter[] = [
  {
    name: 'cpanato',
    repository: 'cpanato/github_actions_exporter',
    commit: 'a5e87c4',
    date: '2025-09-07',
    build: ['.'],
    isDurable: false,
    launch: (port, metricsPort) => ({
      args: [
        `--web.listen-address-ingress=127.0.0.1:${port}`,
        `--web.listen-address=127.0.0.1:${metricsPort}`,
        '--web.gh-webhook-path=/webhook',
        `--gh.github-webhook-token=${SECRET}`,
        '--log.level=error',
      ],
    }),
  },
  {
    name: 'arc',
    repository: 'actions/actions-runner-controller',
    commit: '2ee6b3b8',
    date: '2026-06-30',
    build: ['./cmd/actionsmetricsserver'],
    isDurable: false,
    launch: (port, metricsPort) => ({
      args: [
        `-webhook-addr=127.0.0.1:${port}`,
        `-metrics-addr=127.0.0.1:${metricsPort}`,
        `-github-webhook-secret-token=${SECRET}`,
        '-log-level=error',
      ],
    }),
  },
  {
    name: 'grafana',
    repository: 'grafana/grafana-ci-otel-collector',
    commit: '698db06',
    date: '2026-08-04',
    build: null,
    isDurable: false,
    launch: (port, metricsPort) => ({
      args: ['--config=collector.yaml'],
      files: { 'collector.yaml': collectorSettings(port, metricsPort) },
    }),
  },
  {
    name: 'promhippie',
    repository: 'promhippie/github_exporter',
    commit: '2afaf1f',
    date: '2026-08-20',
    build: ['-tags=sqlite', './cmd/github_exporter'],
    isDurable: true,
    launch: (port) => ({
      args: [],
      env: {
        GITHUB_EXPORTER_WEB_ADDRESS: `127.0.0.1:${port}`,
        GITHUB_EXPORTER_WEBHOOK_PATH: '/webhook',
        GITHUB_EXPORTER_WEBHOOK_SECRET: SECRET,
        GITHUB_EXPORTER_DATABASE_DSN: 'sqlite://exporter.sqlite3',
        GITHUB_EXPORTER_COLLECTOR_WORKFLOW_JOBS: 'true',
        GITHUB_EXPORTER_COLLECTOR_REPOS: 'false',
        GITHUB_EXPORTER_TOKEN: 'of-the-bench',
        GITHUB_EXPORTER_LOG_LEVEL: 'error',
      },
    }),
  },
];

/** Metrics for Prometheus as in its own distribution, and traces, which go nowhere here. */
function collectorSettings(port: number, metricsPort: number): string {
  return JSON.stringify({
    receivers: { githubactions: { endpoint: `127.0.0.1:${port}`, path: '/webhook', secret: SECRET } },
    exporters: { nop: {}, prometheus: { endpoint: `127.0.0.1:${metricsPort}` } },
    service: {
      telemetry: { logs: { level: 'error' }, metrics: { level: 'none' } },
      pipelines: {
        traces: { receivers: ['githubactions'], exporters: ['nop'] },
        metrics: { receivers: ['githubactions'], exporters: ['prometheus'] },
      },
    },
  });
}

/** Each version has a folder. */
export function exporterFolder({ name, commit }: Exporter): string {
  return join(PEERS_FOLDER, 'exporters', `${name}-${commit}`);
}

export function exporterProgram(exporter: Exporter): string {
  return join(exporterFolder(exporter), exporter.name);
}
