/** Where the pages of the GitHub are whose API is at `apiUrl`, without a slash at the end. */
export function webUrlOf(apiUrl: string): string {
  const { host, origin, protocol } = new URL(apiUrl);
  return host.startsWith('api.') ? `${protocol}//${host.slice('api.'.length)}` : origin;
}
