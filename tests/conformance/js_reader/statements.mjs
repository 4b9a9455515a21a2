// The statement format, read from docs/spec/statement.md: envelope, header, digests, entries, chains, submissions.
// Bodies are checked against their commitments, not against their schemas.

import { b64u, bigEndian, bytesOf, fromB64u, fromBase64, hmac, holds, sha256, treeRoot } from "./arithmetic.mjs";
import { Refusal, canonicalBytes, canonicalText, checkKeys, malformed, readCanonical, readJson } from "./strict_json.mjs";

const mismatch = (why) => new Refusal("mismatch", why);
const STATEMENT = "application/vnd.standclear.statement+json;v=1";
const REQUEST = "application/vnd.standclear.request+json;v=1";
const LAST_MS = 253402300799999;

// --- reading fields -------------------------------------------------------------------------------

/** The members of an object that has exactly these keys, each read by its reader. */
function members(value, readers) {
  if (!(value instanceof Map)) throw malformed("not an object");
  const names = Object.keys(readers);
  if (value.size !== names.length || !names.every((name) => value.has(name))) throw malformed("other fields");
  return Object.fromEntries(names.map((name) => [name, readers[name](value.get(name))]));
}

const raw = (size) => (value) => fromB64u(value, size);
const orNull = (reader) => (value) => (value === null ? null : reader(value));
const asIs = (value) => value;
const oneOf = (...words) => (value) => {
  if (!words.includes(value)) throw malformed(`not one of ${words}`);
  return value;
};
const integer = (least, most = Number.MAX_SAFE_INTEGER) => (value) => {
  if (typeof value !== "number" || value < least || value > most) throw malformed("not such an integer");
  return value;
};
const letters = (least, most) => (value) => {
  const count = typeof value === "string" ? [...value].length : -1;
  if (count < least || count > most) throw malformed("not such a text");
  return value;
};
const list = (reader, least, most) => (value) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw malformed("not such a list");
  return value.map(reader);
};

function rises(listed) {
  return listed.every((one, place) => place === 0 || Buffer.compare(listed[place - 1], one) < 0);
}

// --- the envelope and the entry -----------------------------------------------------------------------

const readSignature = (value) =>
  members(value, { keyid: raw(32), sig: (text) => fromBase64(text, 64) });

export function envelopeOf(value) {
  const found = members(value, {
    payloadType: oneOf(STATEMENT, REQUEST),
    payload: (text) => fromBase64(text),
    signatures: list(readSignature, 1, 4),
  });
  if (found.payload.length > 32768) throw new Refusal("over-limit", "PAYLOAD_BYTES_MAX");
  found.signatures.sort((a, b) => Buffer.compare(a.keyid, b.keyid));
  if (!rises(found.signatures.map((one) => one.keyid))) throw malformed("a key id twice");
  const type = Buffer.from(found.payloadType, "utf8");
  found.signed = bytesOf(`DSSEv1 ${type.length} `, type, ` ${found.payload.length} `, found.payload);
  found.sid = sha256(found.signed);
  const signatures = found.signatures.map(
    (one) => new Map([["keyid", b64u(one.keyid)], ["sig", one.sig.toString("base64")]]),
  );
  found.text = canonicalText(
    new Map([["payload", found.payload.toString("base64")], ["payloadType", found.payloadType], ["signatures", signatures]]),
  );
  return found;
}

export const readEnvelope = (bytes) => envelopeOf(readJson(bytes));

export function readEntry(bytes) {
  const parts = /^standclear\.entry\/v1\n(0|[1-9][0-9]{0,14})\n(.*)$/s.exec(bytes.toString("utf8"));
  if (parts === null || Number(parts[1]) > LAST_MS) throw malformed("not an entry");
  const envelope = readEnvelope(Buffer.from(parts[2], "utf8"));
  if (envelope.text !== parts[2] || envelope.payloadType !== STATEMENT) throw malformed("not canonical");
  return { integratedMs: Number(parts[1]), envelope };
}

// --- the header -----------------------------------------------------------------------------------------

const OPEN = ["charter", "enrolment", "retirement", "revocation", "arrangement", "adherence", "deeds"];
const NOTICES = ["site", "presence", "movement", "activity", "zone"];
const OTHERS = [
  "progress", "inquiry", "answer", "observation", "emergency", "incident", "consultation", "claim", "acknowledgement",
  "dissemination", "objection", "agreement", "contact", "watch", "line_check", "translation", "relay", "hold",
  "erasure", "opening",
];
const ONE_ITEM = [...OPEN, ...OTHERS];

function readTo(value) {
  if (value === "open") return value;
  const slots = list(raw(32), 1, 256)(value);
  if (!rises(slots)) throw malformed("slots out of order");
  if (![1, 2, 4, 8, 16, 32, 64, 128, 256].includes(slots.length)) throw malformed("not a power of two");
  return slots;
}

function readSender(value) {
  const sender = members(value, { desk: raw(16), keys: list(raw(32), 1, 4), party: raw(16) });
  if (new Set(sender.keys.map(b64u)).size !== sender.keys.length) throw malformed("a key twice");
  return sender;
}

const readSeen = (value) => members(value, { log: raw(32), root: raw(32), size: integer(1) });

export function readHeader(payload) {
  const value = readCanonical(payload);
  const digest = orNull(raw(32));
  const readers = {
    act: oneOf("new", "replace", "cancel", "close"), cites: digest, from: readSender, inbox: digest, items: raw(32),
    kind: oneOf(...OPEN, ...NOTICES, ...OTHERS), log: digest, nonce: raw(16), of: digest, prev: digest,
    re: list(raw(32), 0, 16), seen: list(readSeen, 0, 4), seq: integer(0), stated_ms: integer(0, LAST_MS), to: readTo,
    under: digest, v: oneOf(1), void_after_ms: orNull(integer(0, LAST_MS)),
  };
  if (value instanceof Map && value.get("kind") === "deeds") Object.assign(readers, { effects: raw(32), inboxes: raw(32) });
  const header = members(value, readers);
  if ((header.log === null) !== (header.kind === "charter")) throw malformed("log");
  if ((header.to === "open") !== OPEN.includes(header.kind)) throw malformed("to");
  if ((header.act === "new") !== (header.of === null)) throw malformed("of");
  if (header.act !== "new" && ![...NOTICES, "arrangement"].includes(header.kind)) throw malformed("act");
  return header;
}

// --- digests ----------------------------------------------------------------------------------------------

export const commitment = (salt, body) =>
  sha256("standclear/commit/v1\n", bigEndian(body.length, 8), salt, body);
export const listDigest = (salt, leaves) =>
  sha256("standclear/list/v1\n", salt, bigEndian(leaves.length, 8), treeRoot(leaves));
export const ref = (sid, item) => bytesOf(sid, bigEndian(item, 4));
export const inboxLeaf = (name, form) => bytesOf(name, form[0]);
export const keyId = (key) => sha256("standclear/key/v1\n", key);
export const partyId = (root) => sha256("standclear/party/v1\n", root).subarray(0, 16);
export const keylessId = (log, name) => sha256("standclear/keyless/v1\n", log, name).subarray(0, 16);
export const deskId = (party, name) => sha256("standclear/desk/v1\n", party, name).subarray(0, 16);
export const possession = (log, party, key) =>
  bytesOf("standclear/possession/v1\n", log ?? Buffer.alloc(32), party, key);
export const acknowledgementTag = (salt, sid) => hmac(salt, bytesOf("standclear/ack/v1\n", sid));

export function readSlot(value) {
  const slot = members(value, {
    form: oneOf("exact", "widened", "desk"), items: raw(32), salt: raw(16), travel: oneOf("desk", "party", "onward"),
    party: (told) => (told === "*" ? told : b64u(fromB64u(told, 16))), when: oneOf("now", "on_meet", "never"),
  });
  return { ...slot, digest: sha256("standclear/slot/v1\n", canonicalBytes(value)) };
}

export function readInboxHead(value) {
  const head = members(value, { n: integer(0), root: raw(32), salt: raw(16) });
  return { ...head, digest: sha256("standclear/inbox/v1\n", canonicalBytes(value)) };
}

export function paddedSlots(digests, filling) {
  let wanted = 1;
  while (wanted < digests.length) wanted *= 2;
  return [...digests, ...filling.slice(0, wanted - digests.length)].sort(Buffer.compare);
}

export function readList(leafBytes, most) {
  return (value) => members(value, { leaves: list(raw(leafBytes), 0, most), salt: raw(16) });
}

export function checkRising(leaves) {
  if (!rises(leaves)) throw malformed("leaves out of order");
}

// --- chains -------------------------------------------------------------------------------------------------

/** The mark of each statement of one key: none, a gap before it, or a fork at it. */
export function chainMarks(enrolled, statements) {
  let [next, last] = [0, enrolled];
  return statements.map(({ seq, prev, sid }) => {
    let mark = [];
    if (seq > next) mark = ["gap"];
    else if (seq < next || prev === null || !prev.equals(last)) mark = ["fork"];
    if (seq >= next) [next, last] = [seq + 1, sid];
    return mark;
  });
}

// --- submissions --------------------------------------------------------------------------------------------

const readBody = (value) => members(value, { body: asIs, salt: raw(32) });
const readForm = (value) =>
  members(value, { bodies: list(readBody, 1, 4096), form: oneOf("exact", "widened", "desk"), salt: raw(16) });

function formDigest(form) {
  return listDigest(form.salt, form.bodies.map((one) => commitment(one.salt, canonicalBytes(one.body))));
}

function checkForms(header, forms) {
  if (forms[0].form !== "exact" || new Set(forms.map((one) => one.form)).size !== forms.length) throw malformed("forms");
  if (forms.some((one) => one.bodies.length !== forms[0].bodies.length)) throw malformed("items differ");
  if (ONE_ITEM.includes(header.kind) || ["cancel", "close"].includes(header.act)) {
    if (forms[0].bodies.length !== 1) throw malformed("one item");
    if (forms.length !== 1 && header.kind !== "dissemination") throw malformed("one form");
  }
  if (header.to === "open" && forms.length !== 1) throw malformed("one form");
}

function checkSlots(header, slots, digests) {
  if (header.to === "open") {
    if (slots.length > 0) throw malformed("slots of an open statement");
    return;
  }
  const inHeader = new Set(header.to.map(b64u));
  for (const slot of slots) {
    if (!inHeader.has(b64u(slot.digest))) throw mismatch("a slot that is not in the header");
    if (!digests[slot.form]?.equals(slot.items)) throw mismatch("not that form's items");
  }
  const named = new Set(["exact", ...slots.map((one) => one.form)]);
  if (!Object.keys(digests).every((form) => named.has(form))) throw malformed("a form released to nobody");
  if (new Set(slots.map((one) => one.party)).size !== slots.length) throw malformed("a recipient twice");
}

function checkBeside(found, digest, of) {
  if ((found === null) !== (digest === null)) throw mismatch("in the header or beside it, not in both");
  if (found !== null && !of(found).equals(digest)) throw mismatch("not what the header commits to");
}

function checkSuccession(header, of, sid, items) {
  for (const leaf of of?.leaves ?? []) {
    const item = leaf.readUInt32BE(36);
    if ((item === 0xffffffff) !== ["cancel", "close"].includes(header.act)) throw malformed("ends or replaces");
    if (item !== 0xffffffff && item >= items) throw malformed("no such item");
    if (leaf.subarray(0, 32).equals(sid)) throw malformed("replaces itself");
  }
}

function checkSignatures(header, envelope, publics) {
  const named = new Set(header.from.keys.map(b64u));
  const signed = envelope.signatures.map((one) => b64u(one.keyid));
  if (named.size !== signed.length || !signed.every((key) => named.has(key))) throw new Refusal("bad-signature", "others");
  for (const one of envelope.signatures) {
    const key = fromB64u(publics[b64u(one.keyid)], 32);
    if (!keyId(key).equals(one.keyid) || !holds(key, one.sig, envelope.signed)) throw new Refusal("bad-signature", "fails");
  }
}

export function readSubmission(bytes, publics) {
  const value = readJson(bytes);
  if (!(value instanceof Map)) throw malformed("not an object");
  checkKeys(new Map([...value].filter(([name]) => name !== "envelope")));
  const found = members(value, {
    cites: orNull(readList(36, 65536)), envelope: envelopeOf, forms: list(readForm, 1, 3), inbox: orNull(readInboxHead),
    notes: list(letters(1, 65536), 0, 4), of: orNull(readList(40, 4096)), slots: list(readSlot, 0, 256),
  });
  const { envelope, forms, slots, cites, of, inbox } = found;
  if (envelope.payloadType !== STATEMENT) throw malformed("not a statement");
  const header = readHeader(envelope.payload);
  if (header.kind === "deeds") throw malformed("deeds");
  checkForms(header, forms);
  const digests = Object.fromEntries(forms.map((form) => [form.form, formDigest(form)]));
  if (!digests.exact.equals(header.items)) throw mismatch("not the bodies");
  checkSlots(header, slots, digests);
  for (const [one, digest] of [[cites, header.cites], [of, header.of]]) {
    checkBeside(one, digest, ({ salt, leaves }) => listDigest(salt, leaves));
    if (one !== null) checkRising(one.leaves);
  }
  checkBeside(inbox, header.inbox, (head) => head.digest);
  checkSuccession(header, of, envelope.sid, forms[0].bodies.length);
  checkSignatures(header, envelope, publics);
  return { header, ...found };
}
