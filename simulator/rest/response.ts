/** The response of an endpoint. */
export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
  /** Addresses by their `rel`. */
  readonly links?: Readonly<Record<string, string>>;
  readonly lastModifiedMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: unknown, rest: Omit<ApiResponse, 'status' | 'body'> = {}): ApiResponse {
  return { status: 200, body, ...rest };
}

/** An error in GitHub's words, which repeat the status as text. */
export function refuse(status: number, message: string, rest: Partial<ApiResponse> = {}): ApiResponse {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, body, ...rest };
}

export function notFound(): ApiResponse {
  return refuse(404, 'Not Found');
}
