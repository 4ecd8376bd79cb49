/*
 * For tests: a self-signed certificate for 127.0.0.1 and no other name, good for a hundred years. Its key is public and
 * so protects nothing:
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
