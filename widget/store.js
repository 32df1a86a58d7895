/** What the browser remembers: the session across visits, unsent messages until the tab is closed. Works when storage is blocked. */

function area(name) {
  try {
    const storage = globalThis[name];
    storage.setItem("holdfast:probe", "1");
    storage.removeItem("holdfast:probe");
    return storage;
  } catch {
    return null;
  }
}

/** One entry of a storage area as JSON, in memory alone when the area is blocked. */
class Entry {
  constructor(storage, key, empty) {
    this.storage = storage;
    this.key = key;
    this.value = empty;
    try {
      const kept = JSON.parse(storage?.getItem(key) ?? "null");
      if (kept && typeof kept === "object") this.value = kept;
    } catch {
      // unreadable: begin anew
    }
  }

  write(value) {
    this.value = value;
    try {
      this.storage?.setItem(this.key, JSON.stringify(value));
    } catch {
      // full or blocked since: the memory copy serves until the page is left
    }
  }

  clear(empty) {
    this.value = empty;
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // nothing was kept then
    }
  }
}

/** What one door's conversation leaves in this browser. */
export class Store {
  /** `scope` is the server's address, so that two clinics never share a conversation. */
  constructor(scope, local = area("localStorage"), session = area("sessionStorage")) {
    this.session = new Entry(local, `holdfast:session:${scope}`, {});
    this.choice = new Entry(local, "holdfast:language", {});
    this.unsent = new Entry(session, `holdfast:unsent:${scope}`, []);
    if (this.session.value.expires_at && Date.parse(this.session.value.expires_at) < Date.now()) this.session.clear({});
    if (!Array.isArray(this.unsent.value)) this.unsent.clear([]);
  }

  /**
   * `{token, conversation_id, expires_at, seen, told}`, or `{}`. `seen` is the highest event id that was shown, `told` the
   * language that the server knows of, null when the person has chosen since.
   */
  get current() {
    return this.session.value;
  }

  begin({ token, conversation_id, expires_at, language }) {
    this.session.write({ token, conversation_id, expires_at, seen: 0, told: language ?? null });
  }

  saw(eventId) {
    if (this.current.token && eventId > (this.current.seen ?? 0)) this.session.write({ ...this.current, seen: eventId });
  }

  forgetSession() {
    this.session.clear({});
  }

  get language() {
    return this.choice.value.code ?? null;
  }

  chooseLanguage(code) {
    this.choice.write({ code });
    if (this.current.token) this.session.write({ ...this.current, told: null });
  }

  /** The language that was chosen and that the server has not heard of yet; null when there is none. */
  get untold() {
    return this.language !== (this.current.told ?? null) ? this.language : null;
  }

  told(code) {
    if (this.current.token && code === this.language) this.session.write({ ...this.current, told: code });
  }

  /** Messages that no server has accepted: `{id, text, label}` each, oldest first. */
  get waiting() {
    return this.unsent.value;
  }

  keep(message) {
    this.unsent.write([...this.waiting.filter((each) => each.id !== message.id), message]);
  }

  drop(id) {
    if (this.waiting.some((each) => each.id === id)) this.unsent.write(this.waiting.filter((each) => each.id !== id));
  }

  forgetAll() {
    this.session.clear({});
    this.unsent.clear([]);
    this.choice.clear({});
  }
}
