import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';

/*
 * For tests: self-signed certificates for 127.0.0.1 and no other name, good for a hundred years. Their keys are public and
 * so protect nothing:
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 36500 \
 *     -subj '/CN=ant-watcher test' -addext subjectAltName=IP:127.0.0.1
 */

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnTCCAUSgAwIBAgIUBZ5MceoKZ5XvhLw0IBZci7cV5UAwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQYW50LXdhdGNoZXIgdGVzdDAgFw0yNjExMjQyMTMzMjRaGA8y
MTI2MTAzMTIxMzMyNFowGzEZMBcGA1UEAwwQYW50LXdhdGNoZXIgdGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABNrorcPflmyFxSvP3BHTQ19xfbdMf15hQK+t
uKb05UG37UCH/0jMT2+GIIcTC4xLtpvGM02oR5jE4L9Qm6WqfOWjZDBiMB0GA1Ud
DgQWBBS+L1bNkdF04pYu44bn0egmqDxIozAfBgNVHSMEGDAWgBS+L1bNkdF04pYu
44bn0egmqDxIozAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYI
KoZIzj0EAwIDRwAwRAIgdA5bGNUgZR69TnscbYm1YYs01bRrwJOwmad6F/9uijYC
IHi0K5sHTH6QyhBg6TQrFynRVKpk7OB+rskK5SknG6GJ
-----END CERTIFICATE-----
`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/Arbb2b3bOuzxr5y
Q0mwqtL2lbzak197qKsW8OrksJahRANCAATa6K3D35ZshcUrz9wR00NfcX23TH9e
YUCvrbim9OVBt+1Ah/9IzE9vhiCHEwuMS7abxjNNqEeYxOC/UJulqnzl
-----END PRIVATE KEY-----
`;

/** The same for its successor, which expires later. */
export const NEXT_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIUcunfON8OewFf6FAySkdLYONpGVwwCgYIKoZIzj0EAwIw
JDEiMCAGA1UEAwwZYW50LXdhdGNoZXIgdGVzdCwgcmVuZXdlZDAgFw0yNjExMjUw
MDI1MzVaGA8yMTI3MDIwOTAwMjUzNVowJDEiMCAGA1UEAwwZYW50LXdhdGNoZXIg
dGVzdCwgcmVuZXdlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJaCeA94efFC
bVOAHsgivBjMA7KQA6JeNxamblGD80HfCTWceAQl6g4jjTDilOJ0OjJ3Ij2HR1Mj
wy7P7gerUJWjZDBiMB0GA1UdDgQWBBQdtTdsNvisCaopjnn49PtvYAuYpDAfBgNV
HSMEGDAWgBQdtTdsNvisCaopjnn49PtvYAuYpDAPBgNVHRMBAf8EBTADAQH/MA8G
A1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhAKKAXaLte0CafVItkIlE
BIx2GgJ8OtnMCSRRhhHYvaEfAiEAi7vEAm/QzrOtjiTz7h0qk9QgEwiW5/2f8RMb
CmYPH34=
-----END CERTIFICATE-----
`;

export const NEXT_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWyy68vVW2Tu5f/nj
S6P9v6SUhBZOswBWmzOGCMAGGMShRANCAASWgngPeHnxQm1TgB7IIrwYzAOykAOi
XjcWpm5Rg/NB3wk1nHgEJeoOI40w4pTidDoydyI9h0dTI8Muz+4Hq1CV
-----END PRIVATE KEY-----
`;

/** Both files of the first pair, in a folder that is removed at the end of the test. */
export function makeCertificateFiles(context: TestContext) {
  const folder = openTemporaryFolder({ 'cert.pem': CERTIFICATE, 'key.pem': KEY });
  context.after(() => folder[Symbol.dispose]());
  const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  return {
    folder: folder.path,
    certFile,
    keyFile,
    write(cert: string, key: string) {
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    },
  };
}
