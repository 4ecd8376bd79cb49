import { address } from '../../state/navigation.ts';

export interface Narrowed extends Readonly<Record<string, string | null>> {
  readonly cause: string | null;
  readonly reason: string | null;
  /** Of that reason. */
  readonly exit_code: string | null;
}

/** What the address narrows failures to, as the read API and links take it. */
export function narrowedTo(): Narrowed {
  const { cause = null, reason = null, exit_code = null } = address.value.own;
  return { cause, reason, exit_code };
}
