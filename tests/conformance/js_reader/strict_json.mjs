// JSON as docs/spec/statement.md, 1 has it: a reader that takes integers only and no key twice, and the one text of a value.
// Objects become Maps, so that no key of theirs can be one of JavaScript's own.

export class Refusal extends Error {
  constructor(slug, why) {
    super(why);
    this.slug = slug;
  }
}

export const malformed = (why) => new Refusal("malformed", why);

const DEEPEST = 16;
const ESCAPED = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(why) {
    return malformed(`${why} at ${this.at}`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  accept(token) {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  expect(token) {
    if (!this.accept(token)) throw this.fail(`no ${token}`);
  }

  value(depth) {
    const first = this.text[this.at];
    if (first === "{" || first === "[") {
      if (depth === DEEPEST) throw this.fail("too deep");
      return first === "{" ? this.object(depth + 1) : this.list(depth + 1);
    }
    if (first === '"') return this.string();
    for (const [word, meant] of [["null", null], ["true", true], ["false", false]]) {
      if (this.accept(word)) return meant;
    }
    return this.integer();
  }

  members(open, close, one) {
    this.expect(open);
    this.space();
    if (this.accept(close)) return;
    for (;;) {
      this.space();
      one();
      this.space();
      if (this.accept(close)) return;
      this.expect(",");
    }
  }

  object(depth) {
    const found = new Map();
    this.members("{", "}", () => {
      const key = this.string();
      if (found.has(key)) throw this.fail("a key twice");
      this.space();
      this.expect(":");
      this.space();
      found.set(key, this.value(depth));
    });
    return found;
  }

  list(depth) {
    const found = [];
    this.members("[", "]", () => found.push(this.value(depth)));
    return found;
  }

  integer() {
    const [digits] = /^-?(?:0|[1-9][0-9]*)/.exec(this.text.slice(this.at, this.at + 400)) ?? [""];
    const after = this.text[this.at + digits.length] ?? "";
    if (digits === "" || /[.eE0-9]/.test(after)) throw this.fail("not an integer");
    const number = Number(digits);
    if (!Number.isSafeInteger(number)) throw this.fail("an integer too great");
    this.at += digits.length;
    return number === 0 ? 0 : number;
  }

  string() {
    this.expect('"');
    let found = "";
    for (;;) {
      const letter = this.text[this.at];
      if (letter === undefined || letter < " ") throw this.fail("an open text");
      this.at += 1;
      if (letter === '"') break;
      found += letter === "\\" ? this.escape() : letter;
    }
    if (!found.isWellFormed()) throw this.fail("a lone surrogate");
    return found;
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === "u") {
      const digits = this.text.slice(this.at, this.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.fail("not four digits");
      this.at += 4;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPED, letter ?? "")) throw this.fail("an unknown escape");
    return ESCAPED[letter];
  }
}

/** The value of JSON bytes in any layout; keys are not judged yet. */
export function readJson(bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("not UTF-8");
  }
  const reader = new Reader(text);
  reader.space();
  const value = reader.value(0);
  reader.space();
  if (reader.at !== text.length) throw reader.fail("more than one value");
  return value;
}

/** Refuse keys that no canonical text may have. */
export function checkKeys(value) {
  if (value instanceof Map) {
    for (const key of value.keys()) {
      if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) throw malformed(`the key ${key.slice(0, 40)}`);
    }
  }
  if (value instanceof Map || Array.isArray(value)) for (const inner of value.values()) checkKeys(inner);
}

const SHORT = new Map([[8, "\\b"], [9, "\\t"], [10, "\\n"], [12, "\\f"], [13, "\\r"], [34, '\\"'], [92, "\\\\"]]);

function written(text) {
  let found = '"';
  for (const letter of text) {
    const code = letter.codePointAt(0);
    if (SHORT.has(code)) found += SHORT.get(code);
    else found += code < 32 ? `\\u00${code.toString(16).padStart(2, "0")}` : letter;
  }
  return `${found}"`;
}

/** The one text of a value, as a string. */
export function canonicalText(value) {
  if (typeof value === "string") return written(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(); // Keys are ASCII: UTF-16 order is byte order.
    return `{${keys.map((key) => `${written(key)}:${canonicalText(value.get(key))}`).join(",")}}`;
  }
  return String(value);
}

export const canonicalBytes = (value) => Buffer.from(canonicalText(value), "utf8");

/** The value of bytes that are the canonical text of it. */
export function readCanonical(bytes) {
  const value = readJson(bytes);
  checkKeys(value);
  if (!canonicalBytes(value).equals(bytes)) throw malformed("not canonical");
  return value;
}
