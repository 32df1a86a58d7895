/** The frame of the chat: bar, header, conversation, composer. Holds elements and the interface's words, decides nothing. */

import { LineBar } from "./bar.js";
import { make } from "./render.js";
import { Room } from "./room.js";
import { fill, wordsOf } from "./strings.js";

export class View {
  constructor({ base }) {
    this.bar = new LineBar();
    this.heading = make("h2", { id: "title" });
    this.language = make("button", { type: "button", className: "plain" });
    this.leave = make("button", { type: "button", className: "plain leave" });
    this.close = make("button", { type: "button", className: "plain close", hidden: true });
    this.disclosure = make("span");
    this.protocol = make("a", { href: new URL("protocol", base).href, target: "_blank", rel: "noopener" });
    this.header = make(
      "header", {},
      make("div", { className: "top" }, this.heading, make("div", { className: "tools" }, this.language, this.leave, this.close)),
      (this.about = make("p", { className: "disclosure" }, this.disclosure, " ", this.protocol)),
    );
    this.welcome = make("p", { className: "welcome" });
    this.history = make("div", { className: "history" });
    // Only what is new enters the log, so that a reload is not read out again.
    this.log = make("div", { className: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.typing = make("p", { className: "typing", hidden: true, "aria-hidden": "true" }, (this.typingText = make("span")), make("i"), make("i"), make("i"));
    this.notice = make("div", { className: "notice-row", role: "status" });
    this.scroller = make("div", { className: "scroller", role: "region", tabIndex: 0 }, this.welcome, this.history, this.log, this.typing, this.notice);
    this.newest = make("button", { type: "button", className: "newest", hidden: true });
    this.label = make("label", { htmlFor: "text", className: "unseen" });
    this.text = make("textarea", { id: "text", rows: 1, autocomplete: "off", enterKeyHint: "send", dir: "auto" });
    this.send = make("button", { type: "submit", className: "send" });
    this.form = make("form", { noValidate: true }, this.label, this.text, this.send);
    this.shell = make(
      "section", { className: "shell", "aria-labelledby": "title" },
      this.bar.element, this.header, make("div", { className: "middle" }, this.scroller, this.newest), this.form,
    );
    this.launcher = make(
      "button", { type: "button", className: "launcher", hidden: true },
      (this.headline = make("span", { className: "headline", hidden: true })), " ", (this.opens = make("span")),
    );
    // Outside the shell: a region that is hidden announces nothing.
    this.told = make("div", { className: "told unseen", role: "status" });
    this.text.addEventListener("input", () => this.fit());
    this.room = new Room(this);
  }

  /** Puts the interface into a language. `facts`: `title` of the page's author or null, emergency `number` or null. */
  speak(language, { title, number }) {
    const words = wordsOf(language);
    this.shell.lang = this.launcher.lang = this.told.lang = language;
    this.heading.textContent = title || words.title;
    this.language.textContent = words.otherLanguage.name;
    this.language.lang = words.otherLanguage.code;
    this.leave.textContent = words.leaveShort;
    this.leave.setAttribute("aria-label", words.leave);
    this.close.textContent = "\u00d7";
    this.close.setAttribute("aria-label", words.close);
    this.disclosure.textContent = number ? fill(words.disclosure, { number }) : words.disclosureUnknown;
    this.protocol.textContent = words.protocol;
    this.protocol.setAttribute("aria-label", `${words.protocol}, ${words.newTab}`);
    this.welcome.textContent = words.welcome;
    this.scroller.setAttribute("aria-label", words.conversation);
    this.log.setAttribute("aria-label", words.newMessages);
    this.typingText.textContent = words.typing;
    this.newest.textContent = words.newest;
    this.label.textContent = words.composer;
    this.text.placeholder = words.placeholder;
    this.send.textContent = words.send;
    this.opens.textContent = words.open;
  }

  /** Puts a line above what the launcher says, null for none; `aloud` is announced, null leaves what was until the line goes. */
  tellNews(headline, aloud) {
    this.headline.hidden = headline === null;
    this.headline.textContent = headline ?? "";
    this.launcher.classList.toggle("news", headline !== null);
    if (aloud) this.told.replaceChildren(make("p", { textContent: aloud }));
    else if (headline === null) this.told.replaceChildren();
  }

  /** Lets the composer grow with what is written, up to a few lines. */
  fit() {
    this.text.style.blockSize = "auto";
    this.text.style.blockSize = `${Math.min(this.text.scrollHeight + 2, 132)}px`;
  }
}
