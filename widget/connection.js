/** Talks to the door: makes the session, delivers messages in order until they are accepted, listens for events. */

import { Backoff, Pause } from "./backoff.js";
import { readEvents } from "./sse.js";

/** Milliseconds until an unanswered message counts as not sent; it is tried again under the same id. */
const ANSWER_WITHIN = 8_000;
/** Milliseconds without a byte, heartbeats included (one every 15 s), after which a stream is dead. */
const SILENT_STREAM = 40_000;
/** The same for a page that was away: a phone's sleep kills streams without a word, and its timers sleep too. */
const SILENT_WHILE_AWAY = 20_000;
/** Answers that the same message will always get: waiting would not help it, and others wait behind it. */
const FINAL = new Set([400, 413, 415, 422]);

/** An id of a message that no other has, also on pages without a secure context. */
export function newId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = globalThis.crypto?.getRandomValues?.(new Uint8Array(16)) ?? Array.from({ length: 16 }, () => Math.random() * 256);
  return Array.from(bytes, (byte) => Math.floor(byte).toString(16).padStart(2, "0")).join("");
}

export class Connection {
  #queue = [];
  #draining = false;
  #session = null;
  #listening = false;
  #stream = null;
  #heardAt = 0;
  #closed = false;
  #pause = new Pause();
  #cursor = 0;
  #renewedAt = 0;

  /**
   * `base` is the server's address with a slash at its end. `handlers`: `opening()` gives the body of a new session,
   * `events(list, conversation)`, `sent(id)`, `delayed(id)`, `refused(id)`, `renewed()`, `reachable(boolean)`.
   */
  constructor(base, store, handlers) {
    this.base = base;
    this.store = store;
    this.handlers = handlers;
  }

  /** Takes up the conversation that the browser remembers, if there is one; makes none. */
  resume() {
    if (this.store.current.token) this.open();
  }

  /** The session, made when there is none yet: one promise however often it is called. */
  open() {
    this.#session ??= this.#begin();
    return this.#session;
  }

  /** Puts a message in the queue; it leaves the queue when the server has accepted or finally refused it. */
  send(id, text) {
    if (!this.#queue.some((message) => message.id === id)) this.#queue.push({ id, text });
    this.wake();
    this.#drain();
  }

  /** Ends every wait: something happened that makes another attempt worthwhile. */
  wake() {
    this.#pause.wake();
  }

  /** The page or the network has come back: ends every wait, and a stream that has fallen silent meanwhile. */
  comeBack() {
    if (Date.now() - this.#heardAt > SILENT_WHILE_AWAY) this.#stream?.abort();
    this.wake();
  }

  /** Stops listening and delivering; `reopen` goes on. What waits is kept. */
  close() {
    this.#closed = true;
    this.#stream?.abort();
    this.wake();
  }

  reopen() {
    if (!this.#closed) return;
    this.#closed = false;
    this.#session = null;
    this.resume();
    this.#drain();
  }

  async #begin() {
    const backoff = new Backoff();
    let current = this.store.current;
    while (!current.token && !this.#closed) {
      try {
        const response = await this.#request("web/sessions", { method: "POST", body: JSON.stringify(this.handlers.opening()) });
        if (!response.ok) throw new Error(`no session: ${response.status}`);
        if (this.#closed) break;
        const made = JSON.parse(response.content);
        this.store.begin(made);
        current = this.store.current;
        this.#cursor = 0;
        this.handlers.reachable(true);
        this.#hand(() => made.events ?? [], current.conversation_id);
      } catch {
        this.handlers.reachable(false);
        this.#queue.forEach((message) => this.handlers.delayed(message.id));
        await this.#pause.wait(backoff.next());
      }
    }
    this.#listen();
    return current;
  }

  async #drain() {
    if (this.#draining) return;
    this.#draining = true;
    const backoff = new Backoff();
    while (this.#queue.length > 0 && !this.#closed) {
      const message = this.#queue[0];
      const outcome = await this.#deliver(message);
      if (outcome === "again") continue;
      if (outcome === "later") {
        this.#queue.forEach((each) => this.handlers.delayed(each.id));
        await this.#pause.wait(backoff.next());
        continue;
      }
      this.#queue.shift();
      backoff.reset();
      this.handlers[outcome](message.id);
    }
    this.#draining = false;
  }

  /** "sent", "refused", "later" or, after a new session was made, "again". */
  async #deliver({ id, text }) {
    const { token, conversation_id: conversation } = await this.open();
    if (!token) return "later";
    // A choice is told once: after it the person's own words decide, and the server goes by them.
    const chosen = this.store.untold;
    let response;
    try {
      response = await this.#request("web/messages", { method: "POST", token, body: JSON.stringify({ id, text, ...(chosen && { language: chosen }) }) });
    } catch {
      this.handlers.reachable(false);
      return "later";
    }
    if (response.status === 401) {
      await this.#renew(token);
      return "again";
    }
    // A card may come with a message that the server could not yet keep: it is shown, and the message sent again.
    let known = false;
    this.#hand(() => {
      const answer = JSON.parse(response.content);
      known = answer.duplicate === true;
      return answer.events ?? [];
    }, conversation);
    this.handlers.reachable(response.status < 500);
    if (response.ok && chosen && !known) this.store.told(chosen); // a message that was known is answered from the record
    if (response.ok) return "sent";
    return FINAL.has(response.status) ? "refused" : "later";
  }

  /** Hands events on; one that cannot be read is left out, so that it never holds up those after it. */
  #hand(read, conversation) {
    try {
      this.handlers.events(read(), conversation);
    } catch (error) {
      console.error("Holdfast: an event could not be shown", error);
    }
  }

  async #listen() {
    if (this.#listening) return;
    this.#listening = true;
    const backoff = new Backoff();
    while (!this.#closed) {
      const { token, conversation_id: conversation } = await this.open();
      if (!token) break;
      try {
        if ((await this.#follow(token, conversation, backoff)) === 401) await this.#renew(token);
      } catch {
        if (!this.#closed) this.handlers.reachable(false);
      }
      if (!this.#closed) await this.#pause.wait(backoff.next());
    }
    this.#listening = false;
  }

  /** Follows one stream to its end; throws when there was none. */
  async #follow(token, conversation, backoff) {
    const control = new AbortController();
    this.#stream = control;
    let watchdog;
    const watch = () => {
      this.#heardAt = Date.now();
      clearTimeout(watchdog);
      watchdog = setTimeout(() => control.abort(), SILENT_STREAM);
    };
    watch();
    try {
      // The cursor moves with the stream alone: an answer to a message may overtake an earlier event.
      const headers = { Authorization: `Bearer ${token}`, Accept: "text/event-stream", "Last-Event-ID": String(this.#cursor) };
      const response = await fetch(new URL("web/events", this.base), { headers, signal: control.signal, cache: "no-store", credentials: "omit" });
      if (response.status === 401) return 401;
      if (!response.ok) throw new Error(`no stream: ${response.status}`);
      this.handlers.reachable(true);
      backoff.reset();
      this.wake();
      const take = (event) => {
        if (this.store.current.conversation_id !== conversation) return;
        this.#hand(() => [JSON.parse(event.data)], conversation);
        this.#cursor = Math.max(this.#cursor, Number(event.id) || 0);
      };
      await readEvents(response.body, take, watch).catch(() => undefined);
      return response.status;
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Makes a new session in place of one that the server no longer accepts. */
  async #renew(token) {
    if (this.store.current.token !== token) return;
    if (Date.now() - this.#renewedAt < 10_000) await this.#pause.wait(5_000);
    if (this.store.current.token !== token) return;
    this.#renewedAt = Date.now();
    this.store.forgetSession();
    this.#session = null;
    this.#cursor = 0;
    this.#stream?.abort();
    this.handlers.renewed();
    await this.open();
  }

  async #request(path, { method, token, body }) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), ANSWER_WITHIN);
    const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    try {
      const response = await fetch(new URL(path, this.base), { method, headers, body, signal: control.signal, cache: "no-store", credentials: "omit" });
      return { ok: response.ok, status: response.status, content: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  }
}
