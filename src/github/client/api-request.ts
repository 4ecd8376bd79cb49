import type { Priority } from '../../domain/github-api.ts';
import type { Credential } from './credentials.ts';

/** A request, and whoever may send it, first those that should. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly url: URL;
  readonly credentials: readonly Credential[];
  readonly priority: Priority;
  readonly isConditional: boolean;
  readonly isReadable: (data: unknown) => boolean;
  readonly isNested: boolean;
}
