import type { ParseArgsOptionsConfig } from 'node:util';
import { API_FLAGS, type ApiOptions, readApi } from './api-options.ts';
import {
  type CommandIo,
  readDuration,
  readFlags,
  readNumber,
  readSecret,
  readSending,
  requireSecret,
  SENDING_FLAGS,
  type Sending,
  wrong,
} from './command-line.ts';
import type { Disturbance } from './disturbance.ts';
import { SHORTEST_SPAN_MS } from './world.ts';

const FLAGS = {
  ...SENDING_FLAGS,
  ...API_FLAGS,
  runs: { type: 'string' },
  span: { type: 'string' },
  end: { type: 'string' },
  'in-flight': { type: 'string' },
  speed: { type: 'string' },
  duration: { type: 'string' },
  'runs-per-hour': { type: 'string' },
  seed: { type: 'string', default: '1' },
  repositories: { type: 'string', default: '6' },
  duplicates: { type: 'string', default: '0' },
  reorder: { type: 'string', default: '0' },
  'reorder-window': { type: 'string', default: '2m' },
  loss: { type: 'string', default: '0' },
  'silent-loss': { type: 'string', default: '0' },
  deployments: { type: 'boolean', default: false },
  form: { type: 'boolean', default: false },
  record: { type: 'string' },
  'no-send': { type: 'boolean', default: false },
  truth: { type: 'string' },
  'truth-samples': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const ONLY_PAST = ['runs', 'span', 'end', 'in-flight'] as const;
const ONLY_LIVE = ['duration', 'runs-per-hour'] as const;

export interface SimulateOptions {
  readonly seed: string;
  readonly repositories: number;
  readonly mode: PastMode | LiveMode;
  readonly disturbance: Disturbance;
  /** Whether the events of deployments are sent. */
  readonly deployments: boolean;
  readonly form: boolean;
  readonly secret: string | undefined;
  readonly record: string | undefined;
  /** Null: nothing is sent. */
  readonly sending: Sending | null;
  /** No service was named: deliveries go to one started for them, instead of the address in `sending`. */
  readonly isOwn: boolean;
  /** The user agrees that the named service counts them permanently. */
  readonly isSure: boolean;
  readonly truth: string | undefined;
  readonly truthSamples: string | undefined;
  /** Null: no API. */
  readonly api: ApiOptions | null;
}

export interface PastMode {
  readonly kind: 'past';
  readonly runs: number;
  readonly spanMs: number;
  /** Undefined: now. */
  readonly endMs: number | undefined;
  readonly inFlight: number;
}

export interface LiveMode {
  readonly kind: 'live';
  readonly speed: number;
  /** `Infinity`: until interrupted. */
  readonly durationMs: number;
  readonly runsPerHour: number;
}

type Values = ReturnType<typeof readFlags<typeof FLAGS>>['values'];

/** The parsed options, or null when help is requested. Throws an AntError with the code `usage`. */
export function readSimulateOptions(args: readonly string[], env: CommandIo['env']): SimulateOptions | null {
  const { values, positionals } = readFlags('simulate', args, FLAGS);
  if (values.help) return null;
  if (positionals.length > 0) throw wrong('simulate', `simulate takes no argument "${positionals[0]}"`);
  const mode = readMode(values);
  const { seed, deployments, form, record, truth } = values;
  const share = (flag: 'duplicates' | 'reorder' | 'loss' | 'silent-loss') =>
    readNumber('simulate', flag, values[flag], { least: 0, most: 1 });
  return {
    seed,
    repositories: readNumber('simulate', 'repositories', values.repositories, {
      least: 1,
      most: 100_000,
      whole: true,
    }),
    mode,
    disturbance: {
      seed,
      duplicates: share('duplicates'),
      reordering: share('reorder'),
      loss: share('loss'),
      silence: share('silent-loss'),
      windowMs: readDuration('simulate', 'reorder-window', values['reorder-window']),
    },
    deployments,
    form,
    record,
    truth,
    truthSamples: values['truth-samples'],
    api: readApi(values),
    isSure: values.yes,
    ...readDestination(values, env),
  };
}

function readDestination(
  values: Values,
  env: CommandIo['env'],
): Pick<SimulateOptions, 'secret' | 'sending' | 'isOwn'> {
  const isOwn = values.url === undefined && !values['no-send'];
  if (isOwn && values['serve-api'] !== undefined)
    throw wrong(
      'simulate',
      '--serve-api needs --url: the service that asks this API must be configured for it',
    );
  if (isOwn) return { secret: undefined, sending: readSending('simulate', values), isOwn };
  if (!values['no-send']) {
    const secret = requireSecret('simulate', values.secret, env);
    return { secret, sending: readSending('simulate', values), isOwn };
  }
  const others = [values.record, values.truth, values['truth-samples'], values['serve-api']];
  if (others.every((other) => other === undefined)) {
    const needed = '--record, --truth, --truth-samples or --serve-api';
    throw wrong('simulate', `--no-send needs ${needed}, or nothing would happen`);
  }
  return { secret: readSecret('simulate', values.secret, env), sending: null, isOwn };
}

function readMode(values: Values): PastMode | LiveMode {
  const isLive = values.speed !== undefined;
  const misplaced = (isLive ? ONLY_PAST : ONLY_LIVE).find((flag) => values[flag] !== undefined);
  if (misplaced !== undefined) {
    throw wrong('simulate', `--${misplaced} cannot be used ${isLive ? 'with' : 'without'} --speed`);
  }
  if (values.speed !== undefined) {
    return {
      kind: 'live',
      speed: readNumber('simulate', 'speed', values.speed, { least: 1, most: 100_000 }),
      durationMs:
        values.duration === undefined
          ? Number.POSITIVE_INFINITY
          : readDuration('simulate', 'duration', values.duration),
      runsPerHour: readNumber('simulate', 'runs-per-hour', values['runs-per-hour'] ?? '240', { least: 0.1 }),
    };
  }
  const spanMs = readDuration('simulate', 'span', values.span ?? '12h');
  if (spanMs < SHORTEST_SPAN_MS) {
    throw wrong(
      'simulate',
      `--span must be at least ${SHORTEST_SPAN_MS / 3_600_000}h, so that whole runs fit`,
    );
  }
  return {
    kind: 'past',
    runs: readNumber('simulate', 'runs', values.runs ?? '200', { least: 0, whole: true }),
    spanMs,
    endMs: values.end === undefined ? undefined : readTime('end', values.end),
    inFlight: readNumber('simulate', 'in-flight', values['in-flight'] ?? '0.05', { least: 0, most: 1 }),
  };
}

function readTime(flag: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw wrong('simulate', `--${flag} must be a time such as 2026-11-20T12:00:00Z, not "${text}"`);
}
