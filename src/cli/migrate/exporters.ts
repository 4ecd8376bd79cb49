import { ARC } from './arc.ts';
import { CPANATO } from './cpanato.ts';
import { LIVE_ACTIONS } from './live-actions.ts';
import type { OldExporter } from './old-exporter.ts';
import { PROMHIPPIE } from './promhippie.ts';

/** By what `--from` calls them, which is also in the name of their file of recording rules. */
export const EXPORTERS: Readonly<Record<string, OldExporter>> = {
  arc: ARC,
  cpanato: CPANATO,
  promhippie: PROMHIPPIE,
  'live-actions': LIVE_ACTIONS,
};
