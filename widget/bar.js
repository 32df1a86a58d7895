/** The lines that are always in sight at the top of the chat. Once it shows numbers it never shows none. */

import { namesANumber } from "./lines.js";
import { waysTo } from "./links.js";
import { blocksOf, make, wayLink } from "./render.js";
import { wordsOf } from "./strings.js";

export class LineBar {
  #shown = "";

  constructor() {
    this.quick = make("ul", { className: "quick", hidden: true });
    this.more = make("details", { className: "more", hidden: true }, (this.summary = make("summary")), (this.all = make("div", { className: "all" })));
    this.fallback = make("div", { className: "fallback" });
    this.element = make("nav", { className: "bar" }, this.quick, this.more, this.fallback);
  }

  /** Puts the page's own lines into the bar, to be seen while there are no others. */
  adopt(slot) {
    this.fallback.append(slot);
  }

  /** Shows a card of `GET /web/lines`, or the bundled one: emergency number and first line at once, all of it under "more". */
  show(card, language) {
    const words = wordsOf(language);
    this.element.setAttribute("aria-label", words.bar);
    const content = JSON.stringify([card, language]);
    if (!namesANumber(card) || content === this.#shown) return;
    this.#shown = content;
    const context = { country: card.country, language: card.language ?? language, words: wordsOf(card.language ?? language) };
    const held = this.element.getRootNode().activeElement;
    const focused = this.quick.contains(held) ? [...this.quick.querySelectorAll("a")].indexOf(held) : -1;
    this.element.lang = this.more.lang = context.language;
    const tile = (way) => make("li", { className: way.label.length > 24 ? "long" : null }, wayLink(way, { ...context, captions: true }));
    this.quick.replaceChildren(...quickWays(card, context.words).map(tile));
    this.summary.textContent = context.words.more;
    this.all.replaceChildren(...blocksOf(card.blocks.filter((block) => block.type === "line"), context));
    this.quick.hidden = this.more.hidden = false;
    this.fallback.hidden = true;
    if (focused >= 0) this.quick.querySelectorAll("a")[focused]?.focus();
  }
}

/** The emergency number, then how to call and write to the first line that takes calls or messages. */
export function quickWays(card, words) {
  const dialed = (block) => waysTo(block, words).filter((way) => !way.external);
  const emergency = card.blocks.find((block) => block.type === "emergency");
  const line = card.blocks.find((block) => block.type === "line" && dialed(block).length > 0) ?? card.blocks.find((block) => block.type === "line");
  const reach = line ? dialed(line) : [];
  return [...(emergency ? dialed(emergency).slice(0, 1) : []), ...(reach.length > 0 || !line ? reach : waysTo(line, words))];
}
