/** What an operator can do, by codes of Node.js and of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Start the database server, or correct the host and the port in storage.url.',
  ENOTFOUND: 'Correct the host in storage.url.',
  EAI_AGAIN: 'The DNS server does not answer: look at it, or write an address into storage.url.',
  ENOENT: 'No server has its Unix socket there: start it, or correct the host and the port in storage.url.',
  SELF_SIGNED_CERT_IN_CHAIN: otherRoot(),
  DEPTH_ZERO_SELF_SIGNED_CERT: otherRoot(),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: otherRoot(),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: otherRoot(),
  CERT_HAS_EXPIRED: 'Give the database server a new certificate.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Write the host in storage.url as the certificate of the server has it, or get one with that name; sslmode=verify-ca does not look at the name.',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'Let sslcert name a certificate of an authority that the server trusts.',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH:
    'Let sslkey in storage.url name the key of the certificate that sslcert names.',
  '25006':
    'Nobody may write: default_transaction_read_only is on, which providers set when the disk is nearly full, or storage.url leads to a standby. Make room, or let it lead to the primary. Then ant-watcher goes on by itself.',
  '28000':
    'The server does not let this user in: look at its pg_hba.conf, at sslmode, sslcert and sslkey of storage.url, and whether the user exists.',
  '28P01':
    'Set storage.password, or the file that storage.password_file names, to the password of the user, and restart.',
  '3D000': 'Create the database, or correct its name in storage.url.',
  '42501': 'Give the user of storage.url all rights to the tables; best, make it the owner of the database.',
  '53100': 'Make room on the disk of the database server. Then ant-watcher goes on by itself.',
  '53300':
    'Each ant-watcher uses up to 8 connections: raise max_connections of the server, or the limit of the user, or use a pooler.',
  '55P03':
    'Something holds up all replicas: pg_stat_activity shows which transaction is open, and whether the database is slow.',
  '57014': 'The database is too slow: look at its disks, its load, and at locks in pg_stat_activity.',
  // A pooler in between has handed the transaction to a connection that lacks what another one has prepared.
  '26000': preparedElsewhere(),
  '42P05': preparedElsewhere(),
  '08P01': preparedElsewhere(),
};

/** Errors of the driver that have no code, by what they begin with. */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [
    /^SASL: .*password must be a/,
    'The server asks for a password: set storage.password, or storage.password_file.',
  ],
  [
    /^The server does not support SSL/,
    'Switch TLS on at the server, or leave sslmode out of storage.url if the network is safe.',
  ],
  [
    /^(timeout exceeded when trying to connect|Connection terminated due to connection timeout)/,
    'The database server, or the way to it, does not answer in time.',
  ],
  [/^Query read timeout/, 'The database server, or the way to it, does not answer in time.'],
];

export function hintOf(code: string, message: string): string | undefined {
  return HINTS[code] ?? MESSAGES.find(([begin]) => begin.test(message))?.[1];
}

function otherRoot(): string {
  return 'Let sslrootcert in storage.url name the certificate of the authority that signed that of the server.';
}

function preparedElsewhere(): string {
  return 'A pooler is between ant-watcher and the database: write prepared=false into storage.url.';
}
