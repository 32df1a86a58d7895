/** Says in the chat whether it has a connection, and which numbers work without it. */

import { quickWays } from "./bar.js";
import { namesANumber } from "./lines.js";
import { wayLink } from "./render.js";
import { wordsOf } from "./strings.js";

/** Milliseconds for which the chat says that the connection is back. */
const BACK_FOR = 8_000;

export class Reach {
  #reached = true;
  #timer = null;
  #refused = false;

  /** `now()` gives `{card, language}`; `back()` is called when the server is there again. */
  constructor(log, { now, back }) {
    Object.assign(this, { log, now, back });
  }

  /** Takes in whether the last attempt reached the server. */
  report(reached) {
    if (reached === this.#reached) return;
    this.#reached = reached;
    this.#refused = false;
    clearTimeout(this.#timer);
    if (!reached) {
      this.log.typing(false);
      this.speak();
      return;
    }
    this.log.notice(wordsOf(this.now().language).back);
    this.#timer = setTimeout(() => this.log.notice(null), BACK_FOR);
    this.back();
  }

  /** Says in the present language that there is no connection, while that is so. */
  speak() {
    if (!this.#reached) this.#tell(wordsOf(this.now().language).offline);
  }

  /** A message will never be taken as it is. */
  refused() {
    this.#refused = true;
    clearTimeout(this.#timer);
    this.#tell(wordsOf(this.now().language).refused);
  }

  /** A message got through: the notice of one that did not has been read. */
  delivered() {
    if (this.#refused) this.log.notice(null);
    this.#refused = false;
  }

  /** Shows a notice about the chat itself, with the numbers that work without it. */
  #tell(text) {
    const { card, language } = this.now();
    const words = wordsOf(language);
    const context = { country: card?.country, language, words };
    const ways = namesANumber(card) ? quickWays(card, words).map((way) => wayLink(way, context)) : [];
    this.log.notice(`${text} ${ways.length > 0 ? words.without : words.noLines}`, ways);
  }
}
