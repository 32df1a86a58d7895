/** Shows a conversation's items in the log: places elements, keeps the reading position, announces only what is new. */

import { make, messageElement, relabel, showState } from "./render.js";
import { wordsOf } from "./strings.js";

/** Milliseconds after which the row that promises an answer goes, come what may. */
const TYPING_AT_MOST = 10_000;
/** Milliseconds after which a log that has come into sight is known as a region whose additions are read out. */
const KNOWN_AFTER = 200;

export class Log {
  #elements = new Map();
  #typingTimer = null;
  #anchor = null;
  #placed = { top: 0, shape: "" };
  #reading = false;

  constructor(view, conversation, actions) {
    this.view = view;
    this.conversation = conversation;
    this.actions = actions;
    view.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    view.newest.addEventListener("click", () => {
      this.#hold(null);
      view.scroller.scrollTop = view.scroller.scrollHeight;
      view.scroller.focus({ preventScroll: true });
      this.#offerNewest(false);
    });
    this.observer = new ResizeObserver(() => this.#settle());
    this.observer.observe(view.scroller);
  }

  /** Shows an item, or moves it to where it now belongs. */
  show(item, context) {
    const known = this.#elements.get(item);
    const element = known ?? this.#make(item, context);
    if (known) showState(element, item, wordsOf(context.language), this.actions);
    const part = item.live ? this.view.log : this.view.history;
    const next = this.conversation.nextOf(item);
    const before = next ? (this.#elements.get(next) ?? null) : null;
    if (element.parentNode !== part || element.nextSibling !== before) part.insertBefore(element, before);
    this.#moveAnchor(item, element, known !== undefined);
    this.#settle();
    if (item.live && item.author !== "user") this.#offerNewest(true);
  }

  /** The log has come into sight: the first of `items` stands there, and all of them are read out. */
  announce(items, context) {
    const first = items.map((item) => this.#elements.get(item)).find(Boolean);
    this.#hold(first ? { element: first, own: false, urgent: true } : this.#anchor);
    this.#settle();
    this.#offerNewest(first !== undefined);
    setTimeout(() => items.forEach((item) => this.#renew(item, context)), KNOWN_AFTER);
  }

  state(item, language) {
    const element = this.#elements.get(item);
    if (element) showState(element, item, wordsOf(language), this.actions);
  }

  speak(language) {
    for (const [item, element] of this.#elements) relabel(element, item, language, this.actions);
  }

  typing(on) {
    clearTimeout(this.#typingTimer);
    this.view.typing.hidden = !on;
    if (!on) return;
    this.#typingTimer = setTimeout(() => this.typing(false), TYPING_AT_MOST);
    this.#settle();
  }

  /** A calm notice at the end of the conversation with ways to reach a line; null takes it away. */
  notice(text, ways = []) {
    const { notice } = this.view;
    if ((notice.firstElementChild?.textContent ?? null) === text && ways.length === notice.querySelectorAll("a").length) return;
    notice.replaceChildren();
    if (text) notice.append(make("p", { textContent: text }));
    if (ways.length > 0) notice.append(make("div", { className: "ways" }, ...ways));
    if (text) this.#settle();
  }

  clear() {
    this.#elements.clear();
    this.view.history.replaceChildren();
    this.view.log.replaceChildren();
  }

  stop() {
    this.observer.disconnect();
    clearTimeout(this.#typingTimer);
  }

  #make(item, context) {
    const element = messageElement(item, context, this.actions);
    this.#elements.set(item, element);
    return element;
  }

  /** Puts a new element in an element's place: one that is only moved counts as read. One that is in use stays. */
  #renew(item, context) {
    const old = this.#elements.get(item);
    if (!old?.isConnected || old.contains(old.getRootNode().activeElement)) return;
    const element = this.#make(item, context);
    old.replaceWith(element);
    if (this.#anchor?.element === old) this.#anchor.element = element;
  }

  /** What must stay in sight: the first answer to the latest message of the user (its number comes first), a card, or a person's words. */
  #moveAnchor(item, element, known) {
    if (!item.live && item.eventId !== null && this.conversation.nextOf(item)) return; // history before what waits to be sent
    const urgent = item.kind === "staff" || item.kind === "card";
    if (item.author === "user") {
      const last = this.conversation.items.at(-1) === item;
      const confirms = known && this.#anchor?.urgent; // the echo of a second message is no reason to leave a card
      if (item.eventId === null || (last && !confirms)) this.#hold({ element, own: true });
    } else if (urgent || this.#anchor === null || this.#anchor.own) {
      this.#hold({ element, own: false, urgent });
    }
  }

  #hold(anchor) {
    this.#anchor = anchor;
    this.#reading = false;
  }

  /** Whoever scrolls reads somewhere else, and is not carried back until there is a new anchor. A turned phone is not a reader. */
  #scrolled() {
    if (this.#shape() !== this.#placed.shape) this.#settle();
    else if (Math.abs(this.view.scroller.scrollTop - this.#placed.top) > 2) this.#reading = true;
    this.#offerNewest(false);
  }

  #shape() {
    const { clientWidth, clientHeight, scrollHeight } = this.view.scroller;
    return `${clientWidth} ${clientHeight} ${scrollHeight}`;
  }

  /** Scrolls as far down as it goes without pushing the anchor out of sight, nor the short message that it answers. */
  #settle() {
    const { scroller } = this.view;
    const element = this.#anchor?.element;
    if (!element?.isConnected || this.#reading) return;
    const asked = element.previousElementSibling?.offsetHeight ?? 0;
    const room = !this.#anchor.own && asked < 0.2 * scroller.clientHeight ? asked + 16 : 0;
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    scroller.scrollTop = Math.min(scroller.scrollHeight - scroller.clientHeight, Math.max(0, top - room - 8));
    this.#placed = { top: scroller.scrollTop, shape: this.#shape() };
  }

  /** Offers a way down when the latest message begins below what is in sight; once seen it is not offered again. */
  #offerNewest(arrived) {
    const { scroller, newest, log } = this.view;
    const below = (log.lastElementChild?.getBoundingClientRect().top ?? 0) > scroller.getBoundingClientRect().bottom - 24;
    if (!below) newest.hidden = true;
    else if (arrived) newest.hidden = false;
  }
}
