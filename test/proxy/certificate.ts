/*
 * For tests: a self-signed certificate for *.ants.test, valid for a hundred years. Its key is public and so
 * protects nothing:
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 36500 \
 *     -subj '/CN=ant-watcher test' -addext 'subjectAltName=DNS:*.ants.test'
 */

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBpTCCAUugAwIBAgIUQYUhID/yT421VgEYzXFfqTRYDiIwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQYW50LXdhdGNoZXIgdGVzdDAgFw0yNjExMjgyMjQzMzZaGA8y
MTI2MTEwNDIyNDMzNlowGzEZMBcGA1UEAwwQYW50LXdhdGNoZXIgdGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABHvgY8hzOpX0F6vrRBK3FrLw2X8GIMcAfL3s
VwXSriHsY0Y3qOgT0sCrJHbRWwxe/q8mMjik7AR8DWGeWbTMXMejazBpMB0GA1Ud
DgQWBBSZZGVZwNaqZzpOMUdYSnCXGToP/TAfBgNVHSMEGDAWgBSZZGVZwNaqZzpO
MUdYSnCXGToP/TAPBgNVHRMBAf8EBTADAQH/MBYGA1UdEQQPMA2CCyouYW50cy50
ZXN0MAoGCCqGSM49BAMCA0gAMEUCIQDpd+g6R4lHjI2G0tBxZ4Re3pJSNsU13CXr
i1/qHpjOOAIgAMoZGD/93TmNQBxGBeU7vM5DZtTMSqpGneuv5jjrlkw=
-----END CERTIFICATE-----
`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLA7j6TMmQEpiN3b+
ABZikqK7UBS8RHuycZkD/EmSpvehRANCAAR74GPIczqV9Ber60QStxay8Nl/BiDH
AHy97FcF0q4h7GNGN6joE9LAqyR20VsMXv6vJjI4pOwEfA1hnlm0zFzH
-----END PRIVATE KEY-----
`;
