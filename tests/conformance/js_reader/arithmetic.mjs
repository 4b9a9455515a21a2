// Bytes, digests and signatures: base64 in its one spelling, RFC 6962 roots, strict Ed25519 (docs/spec/log.md).

import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { malformed } from "./strict_json.mjs";

export const bytesOf = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
export const sha256 = (...parts) => createHash("sha256").update(bytesOf(...parts)).digest();
export const hmac = (key, message) => createHmac("sha256", key).update(message).digest();

export function bigEndian(number, size) {
  const found = Buffer.alloc(size);
  let rest = BigInt(number);
  for (let place = size - 1; place >= 0; place -= 1, rest >>= 8n) found[place] = Number(rest & 255n);
  return found;
}

function exactly(text, encoding, size) {
  const raw = typeof text === "string" ? Buffer.from(text, encoding) : undefined;
  if (raw === undefined || raw.toString(encoding) !== text) throw malformed(`not ${encoding}`);
  if (size !== undefined && raw.length !== size) throw malformed(`not ${size} bytes`);
  return raw;
}

export const fromB64u = (text, size) => exactly(text, "base64url", size);
export const fromBase64 = (text, size) => exactly(text, "base64", size);
export const b64u = (raw) => raw.toString("base64url");

export const leafHash = (leaf) => sha256(Buffer.of(0), leaf);

/** RFC 6962, 2.1: the root over leaves, by halving at the greatest power of two below their number. */
export function treeRoot(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leafHash(leaves[0]);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.of(1), treeRoot(leaves.slice(0, half)), treeRoot(leaves.slice(half)));
}

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const EIGHTH = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL = new Set([0n, 1n, P - 1n, EIGHTH, P - EIGHTH]);
const PREFIX = Buffer.from("302a300506032b6570032100", "hex"); // of an Ed25519 SubjectPublicKeyInfo, RFC 8410

const littleEndian = (raw) => BigInt(`0x${Buffer.from(raw).reverse().toString("hex")}`);

function isSoundPoint(raw) {
  const y = littleEndian(raw) & (2n ** 255n - 1n);
  return y < P && !SMALL.has(y);
}

/** Whether a signature is the key's, where no two verifiers may differ. */
export function holds(publicKey, signature, message) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  const key = createPublicKey({ key: Buffer.concat([PREFIX, publicKey]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
}
