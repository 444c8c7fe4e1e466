/** Two certificates of one authority, for servers of tests; clients trust `authority`. */
import { makeAuthority, makeLeaf } from './certificates.ts'

const issuer = makeAuthority()
const names = ['localhost', '127.0.0.1']

export const authority = issuer.cert
export const [identity, renewed] = [makeLeaf(issuer, { names }), makeLeaf(issuer, { names })]
