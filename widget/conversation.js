/** The messages of a conversation in order: events of the server and messages that it has not confirmed yet. Pure. */

/**
 * An item: `{id, eventId, conversation, kind, author, staffName, text, blocks, buttons, at, state, live}`. `id` is the client's
 * id of the user's own messages; `state` is "sending", "delayed", "refused" or "sent"; `live` says whether it is new to the reader.
 */
export class Conversation {
  items = [];
  #known = new Set();
  #labels = new Map();

  /** Adds a message of the user that no server has seen. */
  addOwn({ id, text, label, live = true, at = new Date() }) {
    const item = {
      id, eventId: null, conversation: null, kind: "echo", author: "user", staffName: null, text: label ?? text,
      blocks: [], buttons: [], at: at.toISOString(), state: "sending", live,
    };
    this.items.push(item);
    return item;
  }

  /** The user's own message with this client id. */
  own(id) {
    return this.items.find((item) => item.id === id && item.author === "user");
  }

  /** Takes an event in: `{item, fresh}`, or null when it was known. An echo confirms the message that it repeats. */
  take(event, conversation, live) {
    if (!Number.isFinite(event?.event_id)) return null;
    const key = `${conversation} ${event.event_id}`;
    if (this.#known.has(key)) return null;
    this.#known.add(key);
    const buttons = (event.buttons ?? []).filter((button) => typeof button?.label === "string" && typeof button?.payload === "string");
    buttons.forEach((button) => this.#labels.set(button.payload, button.label));
    const mine = event.author === "user" && event.in_reply_to ? this.own(event.in_reply_to) : undefined;
    if (mine) {
      Object.assign(mine, { eventId: event.event_id, conversation, state: "sent" });
      this.#place(mine);
      return { item: mine, fresh: false };
    }
    const text = typeof event.text === "string" ? event.text : "";
    const item = {
      id: event.in_reply_to ?? null, eventId: event.event_id, conversation, kind: event.kind, author: event.author ?? "bot",
      staffName: event.staff_name ?? null, text: event.author === "user" ? (this.#labels.get(text) ?? text) : text,
      blocks: Array.isArray(event.blocks) ? event.blocks : [], buttons, at: event.at ?? null, country: event.country ?? null,
      language: event.language ?? null, state: "sent", live,
    };
    this.items.push(item);
    this.#place(item);
    return { item, fresh: true };
  }

  /** A line between two conversations. */
  divide(text) {
    const item = { id: null, eventId: null, conversation: null, kind: "divider", author: "none", text, blocks: [], buttons: [], state: "sent", live: true };
    this.items.push(item);
    return item;
  }

  /** The item that is shown after `item` in the same part, history or new; null when it is the last. */
  nextOf(item) {
    const at = this.items.indexOf(item);
    return this.items.slice(at + 1).find((each) => each.live === item.live) ?? null;
  }

  /** Moves a confirmed item behind every earlier event, and behind unconfirmed messages unless it answers an earlier one. */
  #place(item) {
    const rest = this.items.filter((each) => each !== item);
    const asked = item.author === "user" ? -1 : rest.findIndex((each) => each.author === "user" && each.id !== null && each.id === item.id);
    let at = rest.length;
    while (at > 0 && this.#comesBefore(item, rest[at - 1], asked >= 0 && at - 1 > asked)) at -= 1;
    rest.splice(at, 0, item);
    this.items = rest;
  }

  #comesBefore(item, other, answersEarlier) {
    if (other.kind === "divider") return false;
    if (other.eventId === null) return !item.live || answersEarlier;
    return other.conversation === item.conversation && other.eventId > item.eventId;
  }
}
