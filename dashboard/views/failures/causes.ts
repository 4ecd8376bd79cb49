import type { Cause } from '../../../src/domain/openapi-types.ts';

interface CauseLook {
  readonly name: string;
  /** A colour of `tokens.css`. */
  readonly colour: string;
  readonly style: 'solid' | 'strong' | 'dotted' | 'dashed';
}

/** How causes are called and drawn, in the order in which they are shown. */
export const CAUSES: Readonly<Record<Cause, CauseLook>> = {
  step: { name: 'Failed step', colour: '--failure', style: 'strong' },
  timeout: { name: 'Timeout', colour: '--waiting', style: 'solid' },
  runner_lost: { name: 'Runner lost', colour: '--p99', style: 'dashed' },
  startup: { name: 'Startup', colour: '--running', style: 'solid' },
  rejected: { name: 'Rejected', colour: '--cancelled', style: 'dashed' },
  unknown: { name: 'Unknown', colour: '--cancelled', style: 'dotted' },
};
