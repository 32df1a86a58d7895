/** Asks the server again and again which lines there are now: other hours, another language, a server that came back. */

import { Backoff, Pause } from "./backoff.js";

/** Milliseconds between looks at which lines are open now. */
const AGAIN = 15 * 60_000;

export class LineWatch {
  #pause = new Pause();
  #round = 0;

  /** `wanted()` gives `{country, language}`, country empty for the clinic's own; `found(card)`, `reachable(boolean)` are told. */
  constructor(base, { wanted, found, reachable }) {
    Object.assign(this, { base, wanted, found, reachable });
  }

  async start() {
    this.#round += 1;
    const round = this.#round;
    const backoff = new Backoff({ first: 2_000, most: 30_000 });
    while (round === this.#round) {
      const wanted = this.wanted();
      const card = await this.#fetch(wanted);
      if (round !== this.#round) return;
      if (JSON.stringify(wanted) !== JSON.stringify(this.wanted())) continue;
      if (card) {
        backoff.reset();
        this.found({ ...wanted, ...card });
      }
      await this.#pause.wait(card ? AGAIN : backoff.next());
    }
  }

  stop() {
    this.#round += 1;
    this.again();
  }

  /** Looks now instead of later. */
  again() {
    this.#pause.wake();
  }

  async #fetch({ country, language }) {
    const address = new URL("web/lines", this.base);
    address.search = new URLSearchParams({ ...(country && { country }), language });
    try {
      const response = await fetch(address, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(8_000) });
      const card = response.ok ? await response.json() : null;
      this.reachable(response.status < 500);
      return card;
    } catch {
      this.reachable(false);
      return null;
    }
  }
}
