/** Whether several processes may use the store that this URL names: one on a database server. */
export function isSharedStore(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}
