/** What came while the chat was closed, and what the button that opens it says of it. Pure. */

import { fill } from "./strings.js";

/** Keeps what nobody has seen yet. A greeting is no news: it answers nobody. */
export class News {
  #items = [];

  /** True when the item is news to somebody who has closed the chat. */
  add(item) {
    if (!item.live || item.author === "user" || (item.kind === "reply" && item.id === null)) return false;
    this.#items.push(item);
    return true;
  }

  /** The items, oldest first; from now on they are known. */
  take() {
    return this.#items.splice(0);
  }

  /** One line without a word of what was written: who wrote, else that something came, else that `own` words wait; null when nothing did. */
  headline(own, words) {
    const staff = this.#items.findLast((item) => item.author === "staff" || item.kind === "staff");
    if (staff) return staff.staffName ? fill(words.newFrom, { name: staff.staffName }) : words.newFromStaff;
    if (this.#items.length > 0) return words.newInChat;
    if (own.some((item) => item.state === "refused")) return words.notSent;
    return own.some((item) => item.state === "delayed") ? words.notSentYet : null;
  }
}
