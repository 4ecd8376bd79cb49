/** What an endpoint answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Addresses by their `rel`. */
  readonly links?: Readonly<Record<string, string>>;
  readonly lastModifiedMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: unknown, rest: Omit<Answer, 'status' | 'body'> = {}): Answer {
  return { status: 200, body, ...rest };
}

/** A refusal in the words of GitHub, which repeats the status as text. */
export function refuse(status: number, message: string, rest: Partial<Answer> = {}): Answer {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, body, ...rest };
}

export function notFound(): Answer {
  return refuse(404, 'Not Found');
}
