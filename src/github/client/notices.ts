import type { Clock, Logger, Meter } from '../../domain/contracts.ts';
import {
  type ApiResult,
  type CredentialRefusal,
  IMPLAUSIBLE,
  type Implausible,
} from '../../domain/github-api.ts';
import { countOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import { SparingLog } from '../../logger/sparing-log.ts';

/** Why something is not allowed: see `forbidden` of `ApiResult`. */
export interface Denial {
  readonly said: string | null;
  readonly hint: string;
  readonly refusal?: CredentialRefusal;
}

/**
 * The result for what is not allowed: the permission it needs, what works without it, more fields for the
 * log, and why.
 */
export type Forbid = (
  permission: string,
  without: string,
  fields: object,
  denial: Denial,
) => ApiResult<never>;

const AGAIN_AFTER_MS = 86_400_000;

/** Logs each missing permission, and each other reason, once a day while it lasts. */
export function noticesOf(logger: Logger, clock: Clock): Forbid {
  const notices = new SparingLog(
    (fields) => logger.warn('permission_missing', fields),
    AGAIN_AFTER_MS,
    clock,
  );
  return (permission, without, fields, denial) => {
    const { said, hint } = denial;
    notices.log({ permission, without, ...fields, hint }, { key: `${permission}: ${hint}` });
    const message =
      said === null ? `it needs ${permission}; without it, ${without}` : `GitHub answered ${said}`;
    return { kind: 'forbidden', permission, message, ...denial };
  };
}

/** See `GitHub.distrust`. */
export type Distrust = (
  route: string,
  implausible: Implausible,
) => Extract<ApiResult<never>, { kind: 'failed' }>;

/** Logs each reason of a route once a day while it lasts. */
export function distrustOf(logger: Logger, meter: Meter, clock: Clock): Distrust {
  const notices = new SparingLog(
    (fields) => logger.warn('github_answer_implausible', fields),
    AGAIN_AFTER_MS,
    clock,
  );
  return (endpoint, implausible) => {
    const reason = IMPLAUSIBLE[implausible];
    meter.add([countOf(SELF.githubImplausible, [endpoint, implausible])]);
    notices.log({ endpoint, reason }, { key: `${endpoint} ${implausible}` });
    return { kind: 'failed', reason, retryAtMs: null, implausible };
  };
}
