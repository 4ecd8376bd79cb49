import type { SimulatedDelivery } from '../deliveries.ts';
import type { Account, Repository } from '../model.ts';
import type { AppIdentity, Credentials } from './caller.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { Directory } from './directory.ts';
import type { History } from './history.ts';
import type { HookKind } from './hook-kind.ts';
import type { Limits } from './limits.ts';
import type { Policies } from './policies.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound } from './response.ts';
import type { LaterChanges } from './run-body.ts';

/** What the endpoints need. */
export interface ApiContext {
  readonly history: History;
  readonly directory: Directory;
  readonly log: DeliveryLog;
  readonly limits: Limits;
  readonly credentials: Credentials;
  readonly app: AppIdentity | undefined;
  readonly hooks: readonly HookKind[];
  /** What the hooks of organizations and repositories send. */
  readonly hookEvents: readonly string[];
  readonly webhookUrl: string;
  readonly secret: string | undefined;
  readonly policies: Policies;
  /** The person who owns the personal tokens. */
  readonly tokenOwner: Account;
  /** Permissions that have been withdrawn. */
  readonly withdrawn: ReadonlySet<string>;
  /** How far the index behind the filters of run lists lags behind. */
  readonly indexLagMs: number;
  /** What happens to finished runs. */
  readonly changes: LaterChanges;
  /** Sends it again. */
  redeliver(delivery: SimulatedDelivery): void;
}

/**
 * Who may call it: `anyone`; the App itself with its JWT; an installation with its token; a person with a
 * personal token; or whoever has the permission, for the repository, organization, user or enterprise in the path.
 */
export type Access =
  | { readonly to: 'anyone' | 'app' | 'installation' | 'person' }
  | { readonly to: 'repository' | 'organization' | 'user' | 'enterprise'; readonly permission: string };

/** An endpoint by its path in GitHub's OpenAPI description. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly access: Access;
  /** The supported query parameters. Others are rejected, so that none is silently ignored. */
  readonly parameters: readonly string[];
  answer(request: ApiRequest, context: ApiContext): ApiResponse | Promise<ApiResponse>;
}

/** An endpoint below `/repos/{owner}/{repo}`. */
export type RepositoryHandler = (
  repository: Repository,
  request: ApiRequest,
  context: ApiContext,
) => ApiResponse | Promise<ApiResponse>;

export const PAGING = ['per_page', 'page'] as const;

/** A GET of something in a repository, for those with the permission. */
export function ofRepository(
  path: string,
  permission: string,
  parameters: readonly string[],
  answer: RepositoryHandler,
  method: Endpoint['method'] = 'GET',
): Endpoint {
  return {
    method,
    path: `/repos/{owner}/{repo}${path}`,
    access: { to: 'repository', permission },
    parameters,
    answer(request, context) {
      const repository = context.directory.repository(request.path.owner, request.path.repo);
      return repository === undefined ? notFound() : answer(repository, request, context);
    },
  };
}
