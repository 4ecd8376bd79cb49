import { ARC } from './arc.ts';
import { CPANATO } from './cpanato.ts';
import { LIVE_ACTIONS } from './live-actions.ts';
import type { OldNames } from './old-names.ts';
import { OTEL } from './otel.ts';
import { PROMHIPPIE } from './promhippie.ts';

/** Whose boards can go on. */
export const ALL_OLD_NAMES: readonly OldNames[] = [ARC, CPANATO, PROMHIPPIE, LIVE_ACTIONS, OTEL];
