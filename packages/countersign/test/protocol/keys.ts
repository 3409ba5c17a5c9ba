import { constants, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** An RSA key pair made for this run. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const spkiPem = pem(publicKey, 'spki')
export const pkcs1Pem = pem(publicKey, 'pkcs1')
export const jwk = publicKey.export({ format: 'jwk' }) as { kty: string; [member: string]: unknown }
export const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
export const privatePkcs1Pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
export const privateJwk = privateKey.export({ format: 'jwk' }) as { kty: string; [member: string]: unknown }

/** A signer for `signed()`: RSASSA-PKCS1-v1_5 over the base string. */
export function rsaSigner(hash: string, key: KeyObject = privateKey): (baseString: string) => string {
  return (baseString) => createSign(`RSA-${hash}`).update(baseString).sign(key, 'base64')
}

/** A signer for `signed()`: RSASSA-PSS with SHA-256 and a salt of so many octets. */
export function pssSigner(saltLength: number): (baseString: string) => string {
  // workerd's sign() ignores the padding, and takes no KeyObject beside one.
  const key = { key: privatePem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
  return (baseString) => createSign('sha256').update(baseString).sign(key, 'base64')
}

function pem(key: KeyObject, type: 'spki' | 'pkcs1'): string {
  return key.export({ type, format: 'pem' }).toString()
}

/** A self-signed certificate and what its private key, which was thrown away, signed with RSA-SHA1. */
export const certificate = {
  pem: `-----BEGIN CERTIFICATE-----
MIIDHTCCAgWgAwIBAgIUeDJdgtnTmMJeK3BYZ6RpMzLotcMwDQYJKoZIhvcNAQEL
BQAwHTEbMBkGA1UEAwwSY2xpZW50LmV4YW1wbGUuY29tMCAXDTI2MTEyMzIyMzUy
MFoYDzIxMjYxMDMwMjIzNTIwWjAdMRswGQYDVQQDDBJjbGllbnQuZXhhbXBsZS5j
b20wggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDJB3Ux+vucZOXV81aZ
iMBtR8DsFJaf4U0CyGbVHkC+BHrREcysHd3RB8cKBuWS+dwm5Ocq/aTwzB2LJK2I
TSArM+lPmnG/vTm/aDcW0O2lNowPPD3ye7KHRZ5xCjT7INT1FvsboOra4NJfiMNf
IlHmQMlLYckGsb/JIBTOSCR8WxQXk8EnhfNIJ1Hj9FUIuD9bCLsoOeFH76dbxVPH
Im3aKmGx+wqgM2iEDqCdVy15yiuJLrcW23huIlgadgiJ/dYWUVSEFOxUGgfqQsEI
cbmVe0aFyb3FjqhMpSLJ3HI6/hMBbSOjY2/O2cQm4Wl9u6hf1Inwpm5l2N/rfLN5
EnI9AgMBAAGjUzBRMB0GA1UdDgQWBBRh4XOyBHkJUnalUsFK1mJ/23EkvzAfBgNV
HSMEGDAWgBRh4XOyBHkJUnalUsFK1mJ/23EkvzAPBgNVHRMBAf8EBTADAQH/MA0G
CSqGSIb3DQEBCwUAA4IBAQBMzm8hy4o4uGggidQvTB4gHueCInue1Gw8PqLwiSU1
ckfNs8Vhuw0lRfU/NZ+fsOU2xM584SF5X8f4v0CjIwAcuDYzl3IWiC+zfoWd2k8R
+jwSyHdHhBpuMrY8qhhxCCiCezZf1h+y2BxhcuZBDyRt5JeBlyvGJ+1SYArgqJC1
EArkU9y/diNnH9/w5vDWKsGCHA+88tq/sfckahVS155xGYwwWRr3W+UgBoXUl1yN
3kFJtpGZAZev53hzO6ZBnsExuS+yL0AVJTMMK6yvnPaoOuEiVZ64stt+z8j8ODj1
PQC55VtnEoEfQqgspVQhikIyjzNbedKg6Xoq2aCUZPO4
-----END CERTIFICATE-----
`,
  baseString: 'GET&http%3A%2F%2Fe.com%2F&a%3D1',
  signature:
    'oXhP5ZqDcV3F+GJjS7Vke9B3z1CbNRTNHJhOostKne8cGUAY1iXvAp2e/4V10RrkNuenUuu8yg2HdTdRbaItuJM2FZT6on8kCoVXo9/34MkItV4c0A1fhn6qQnNL+mWYMfJClm7u6qU3lJQmTSEcB0DllFRfVFOD3hfd+TWzqlJukmigZUJHpGjgJO17eBiugRSKsCA8PWoekr7oh2jgHDT5U3QGSJOCqkik+xzXLeDNWl4aXlETHbOuG9cRPOIYn06esWDBfRm99LEblL7v6S8xtFU40lZNbJ0I0YyvtJToCpY2tXEnn0Q5plXTOvyTh44BS2hvNBvRUUpDqM4lvg==',
}
