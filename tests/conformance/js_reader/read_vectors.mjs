// Reads the vectors of a folder and prints, for each file, what this reader says to each of them.
//     node read_vectors.mjs ../../vectors/statements

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { b64u, fromB64u, holds, leafHash, sha256 } from "./arithmetic.mjs";
import * as statements from "./statements.mjs";
import { Refusal, canonicalBytes, canonicalText, checkKeys, readCanonical, readJson } from "./strict_json.mjs";

const utf8 = (text) => Buffer.from(text, "utf8");

/** A value of JavaScript's own JSON as the reader's: objects as Maps. */
const strictly = (value) => readJson(utf8(JSON.stringify(value)));

function sidOf(payload) {
  const type = "application/vnd.standclear.statement+json;v=1";
  return sha256(`DSSEv1 ${type.length} ${type} ${payload.length} `, payload);
}

const DIGESTS = {
  "acknowledgement tag": (given) => statements.acknowledgementTag(fromB64u(given.salt), fromB64u(given.sid)),
  commitment: (given) => statements.commitment(fromB64u(given.salt), utf8(given.body)),
  "desk id": (given) => statements.deskId(fromB64u(given.party), given.name),
  "inbox head": (given) => statements.readInboxHead(strictly(given.opening)).digest,
  "inbox leaf": (given) => statements.inboxLeaf(fromB64u(given.ref), given.form),
  "key id": (given) => statements.keyId(fromB64u(given.public)),
  "keyless id": (given) => statements.keylessId(fromB64u(given.log), given.name),
  list: (given) => {
    const leaves = given.leaves.map((leaf) => fromB64u(leaf));
    if (given.sorted) statements.checkRising(leaves);
    return statements.listDigest(fromB64u(given.salt), leaves);
  },
  "party id": (given) => statements.partyId(fromB64u(given.root)),
  possession: (given) =>
    statements.possession(given.log === null ? null : fromB64u(given.log), fromB64u(given.party), fromB64u(given.public)),
  ref: (given) => statements.ref(fromB64u(given.sid), given.item),
  slot: (given) => statements.readSlot(strictly(given.opening)).digest,
};

const ANSWERS = {
  canonical(given) {
    const bytes = fromB64u(given.bytes);
    const value = given.layout === "canonical" ? readCanonical(bytes) : readJson(bytes);
    checkKeys(value);
    return { text: canonicalText(value) };
  },
  chains(given) {
    const said = given.payloads.map((payload) => ({ ...statements.readHeader(utf8(payload)), sid: sidOf(utf8(payload)) }));
    return { marks: statements.chainMarks(fromB64u(given.enrolled), said) };
  },
  deeds(given) {
    const header = statements.readHeader(utf8(given.payload));
    const leaves = {};
    for (const name of ["effects", "inboxes", "items"]) {
      const { records, salt } = given.lists[name];
      const texts = records.map((record) => canonicalBytes(strictly(record)));
      if (!statements.listDigest(fromB64u(salt, 16), texts).equals(header[name])) throw new Refusal("mismatch", name);
      leaves[name] = texts.map((text) => b64u(leafHash(text)));
    }
    return { leaves };
  },
  digests: (given) => ({ digest: b64u(DIGESTS[given.what](given)) }),
  entries(given) {
    const { integratedMs, envelope } = statements.readEntry(utf8(given.text));
    return { integrated_ms: integratedMs, leaf: b64u(leafHash(utf8(given.text))), sid: b64u(envelope.sid) };
  },
  envelopes(given) {
    const { sid, signed, text } = statements.readEnvelope(utf8(given.text));
    return { sid: b64u(sid), signed: b64u(signed), text };
  },
  headers(given) {
    const header = statements.readHeader(utf8(given.payload));
    const to = header.to === "open" ? "open" : header.to.length;
    return { act: header.act, keys: header.from.keys.length, kind: header.kind, sid: b64u(sidOf(utf8(given.payload))), to };
  },
  signatures: (given) => ({
    holds: holds(fromB64u(given.public), fromB64u(given.signature), utf8(given.message)),
  }),
  slots(given) {
    const [digests, filling] = [given.digests, given.filling].map((listed) => listed.map((one) => fromB64u(one)));
    return { to: statements.paddedSlots(digests, filling).map(b64u) };
  },
  submissions(given) {
    const { header, envelope, forms, cites, slots } = statements.readSubmission(utf8(given.text), given.publics);
    return {
      cites: cites === null ? null : cites.leaves.length,
      forms: forms.map((form) => form.form),
      items: forms[0].bodies.length,
      kind: header.kind,
      sid: b64u(envelope.sid),
      slots: slots.length,
    };
  },
};

function answerTo(file, given) {
  try {
    return ANSWERS[file](given);
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.slug };
    throw error;
  }
}

const [, , folder] = process.argv;
const answers = {};
for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
  const file = basename(name, ".json");
  const cases = JSON.parse(readFileSync(join(folder, name), "utf8"));
  answers[file] = Object.fromEntries(cases.map(({ name: called, given }) => [called, answerTo(file, given)]));
}
process.stdout.write(JSON.stringify(answers));
