/** Numbers and chats that the server has shown as ways to reach a line become links in plain sentences too. Knows none of its own. */

import { safeAddress } from "./links.js";

const CALL = "call|llama al|llamar al";
const WRITE = "text|manda un mensaje al|mandar un mensaje al";
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export class Numbers {
  #known = new Map();

  /** Remembers the numbers in a card's blocks. */
  learn(blocks) {
    for (const block of blocks ?? []) {
      if (block?.type === "emergency") this.#add("", block.display, safeAddress("tel", block.tel));
      if (block?.type !== "line") continue;
      if (block.phone) this.#add(CALL, block.phone.display, safeAddress("tel", block.phone.tel));
      if (block.chat_url) this.#add("", block.chat_url, safeAddress("https", block.chat_url));
      if (block.text) this.#add(WRITE, block.text.display, safeAddress("sms", block.text.sms));
    }
  }

  /** `text` in pieces `{text, href}`: "call 988" is one with a link; an emergency number is one wherever it stands. */
  split(text) {
    const ways = [...this.#known.values()].sort((one, other) => other.display.length - one.display.length);
    if (ways.length === 0) return [{ text, href: null }];
    const alternatives = ways.map((way) => `(${way.verbs ? `(?:${way.verbs}) ` : ""}${escaped(way.display)})`).join("|");
    const pattern = new RegExp(`(?<![\\p{L}\\d+-])(?:${alternatives})(?![\\p{L}\\d-])`, "giu");
    const pieces = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
      pieces.push({ text: match[0], href: ways[match.slice(1).findIndex((group) => group !== undefined)].href });
      end = match.index + match[0].length;
    }
    if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end), href: null });
    return pieces;
  }

  #add(verbs, display, href) {
    if (href && typeof display === "string" && display !== "") this.#known.set(`${verbs} ${display}`, { verbs, display, href });
  }
}
