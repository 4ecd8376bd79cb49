/**
 * More are closed at once: unknown clients must not use up the file descriptors of the process, which the
 * webhooks need too.
 */
export const MAX_API_CONNECTIONS = 1000;
