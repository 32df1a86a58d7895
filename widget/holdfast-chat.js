/** The custom element `<holdfast-chat>`: attributes, life cycle, and what leads from one module to another. */

import { Connection, newId } from "./connection.js";
import { Conversation } from "./conversation.js";
import { bundledLines, emergencyNumber, namesANumber } from "./lines.js";
import { LineWatch } from "./linewatch.js";
import { Log } from "./log.js";
import { News } from "./news.js";
import { Numbers } from "./numbers.js";
import { Reach } from "./reach.js";
import { Sheet } from "./sheet.js";
import { Store } from "./store.js";
import { languageOf, supported, wordsOf } from "./strings.js";
import { View } from "./view.js";

/** Milliseconds that the page's own lines stay alone in sight when the style sheet does not come. */
const STYLE_WITHIN = 2_000;
const NEUTRAL_SITE = "https://www.weather.gov/";

class HoldfastChat extends HTMLElement {
  static observedAttributes = ["country", "language", "title"];

  #view = null;
  #card = null;
  #cardFor = "";
  #elsewhere = null;
  #title = null;

  connectedCallback() {
    if (!this.#view) this.#build();
    this.sheet.start();
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.connection.reopen();
    this.lines.start();
  }

  disconnectedCallback() {
    this.sheet.stop();
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.lines.stop();
    this.connection.close();
  }

  attributeChangedCallback(name, _before, value) {
    if (name === "title" && value !== null) {
      this.#title = value;
      this.removeAttribute("title"); // left in place it would be a tooltip over the whole chat
    }
    if (!this.#view) return;
    if (name === "language") this.#speak(this.#firstLanguage());
    else this.#speak(this.language);
    if (name !== "title") this.lines.again();
  }

  /** The server's address with a slash at its end: the attribute, else where this file came from. */
  get base() {
    const stated = this.getAttribute("server");
    return stated ? new URL(stated.replace(/\/*$/, "/"), document.baseURI).href : new URL("../", import.meta.url).href;
  }

  /** The country whose lines are shown: the one the server names in the conversation, the attribute, else the region of the page's language; empty leaves it to the server. */
  get country() {
    if (this.#elsewhere) return this.#elsewhere;
    const stated = this.getAttribute("country") ?? /-([A-Za-z]{2})$/.exec(document.documentElement.lang)?.[1] ?? "";
    return /^[A-Za-z]{2}$/.test(stated) ? stated.toUpperCase() : "";
  }

  #build() {
    this.store = new Store(this.base);
    this.language = this.#firstLanguage();
    this.conversation = new Conversation();
    this.news = new News();
    this.numbers = new Numbers();
    this.#view = new View({ base: this.base });
    this.log = new Log(this.#view, this.conversation, { choose: (button, item) => this.#choose(button, item), retry: (item) => this.#retry(item) });
    this.reach = new Reach(this.log, { now: () => ({ card: this.#card, language: this.language }), back: () => this.#wake() });
    this.connection = new Connection(this.base, this.store, {
      opening: () => ({ language: this.language, ...(this.country && { country: this.country }), timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
      events: (events, conversation) => events.forEach((event) => this.#take(event, conversation)),
      sent: (id) => this.#mark(id, "sent"),
      delayed: (id) => this.#mark(id, "delayed"),
      refused: (id) => this.#mark(id, "refused"),
      renewed: () => this.#renewed(),
      reachable: (reached) => this.reach.report(reached),
    });
    this.lines = new LineWatch(this.base, {
      wanted: () => ({ country: this.country, language: this.language }),
      found: (card) => this.#showLines(card),
      reachable: (reached) => this.reach.report(reached),
    });
    this.seen = { conversation: this.store.current.conversation_id, upTo: this.store.current.seen ?? 0 };
    this.#render();
    this.#listen();
    this.#speak(this.language);
    this.#showLines(bundledLines(this.country || (this.childElementCount ? "" : "US"), this.language));
    for (const { id, text, label } of this.store.waiting) {
      this.#show(this.conversation.addOwn({ id, text, label, live: false }));
      this.connection.send(id, text);
    }
    this.connection.resume();
  }

  /** Fills the shadow root. The page's own lines stay in sight until the style sheet is there, or has failed. */
  #render() {
    const popup = this.getAttribute("mode") === "popup";
    const root = this.attachShadow({ mode: "open" });
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("style.css", import.meta.url).href });
    const frame = Object.assign(document.createElement("div"), { className: popup ? "frame" : "frame inline", hidden: true });
    const slot = document.createElement("slot");
    const unknown = Object.assign(document.createElement("p"), { className: "no-lines" });
    this.unknown = unknown;
    frame.append(this.#view.shell, this.#view.launcher);
    root.append(style, slot, frame, this.#view.told);
    if (popup) this.#view.bar.adopt(unknown);
    else slot.append(unknown);
    const ready = () => {
      if (!frame.hidden) return;
      frame.hidden = false;
      if (!popup) this.#view.bar.adopt(slot);
      this.#view.fit();
    };
    style.addEventListener("load", ready);
    style.addEventListener("error", ready);
    setTimeout(ready, STYLE_WITHIN);
    this.sheet = new Sheet(this, this.#view, { popup, opened: () => this.connection.open(), turned: () => this.#turned() });
  }

  #listen() {
    const { form, text, language, leave } = this.#view;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    language.addEventListener("click", () => {
      const other = wordsOf(this.language).otherLanguage.code;
      this.store.chooseLanguage(other);
      this.#speak(other);
      this.lines.again();
    });
    leave.addEventListener("click", () => this.#leave());
  }

  #wake = () => {
    if (document.visibilityState === "hidden") return;
    this.connection.comeBack();
    this.lines.again();
  };

  #firstLanguage() {
    const stated = this.getAttribute("language") ?? "auto";
    const guesses = stated === "auto" ? [...(navigator.languages ?? []), document.documentElement.lang] : [stated];
    return supported(this.store.language) ?? guesses.map(supported).find(Boolean) ?? "en";
  }

  #speak(language) {
    this.language = language;
    if (`${this.country}-${language}` !== this.#cardFor) this.#showLines(bundledLines(this.country, language));
    this.unknown.textContent = wordsOf(language).noLines;
    this.#view.speak(language, { title: this.#title, number: emergencyNumber(this.#card) });
    this.#view.bar.show(this.#card, language);
    this.log.speak(language);
    this.reach.speak();
    this.#tellNews();
  }

  #submit() {
    const { text } = this.#view;
    const written = text.value.trim();
    if (!written) return;
    text.value = "";
    this.#view.fit();
    this.#say(written);
    text.focus({ preventScroll: true });
  }

  #say(text, label) {
    const id = newId();
    this.store.keep({ id, text, label });
    this.#show(this.conversation.addOwn({ id, text, label }));
    this.log.typing(true);
    this.connection.send(id, text);
  }

  /** A button is a command only where the server sent it; in a later conversation its words are sent instead. */
  #choose(button, item) {
    const current = item.conversation === this.store.current.conversation_id;
    this.#say(current ? button.payload : button.label, button.label);
  }

  #retry(item) {
    const kept = this.store.waiting.find((message) => message.id === item.id);
    if (item.state === "refused") this.#mark(item.id, "sending");
    this.connection.send(item.id, kept?.text ?? item.text);
  }

  #take(event, conversation) {
    const live = conversation !== this.seen.conversation || event.event_id > this.seen.upTo;
    const taken = this.conversation.take(event, conversation, live);
    if (!taken) return;
    const { item, fresh } = taken;
    if (/^[A-Z]{2}$/.test(item.country ?? "") && item.country !== this.country) {
      this.#elsewhere = item.country;
      this.lines.again();
    }
    this.#show(item);
    if (this.sheet.away) this.#tellNews({ aloud: this.news.add(item) });
    else this.#saw();
    if (item.author === "user") this.store.drop(item.id);
    else if (live) this.log.typing(false);
    if (fresh) this.#follow(item);
  }

  /** A person who writes in another language, and is answered in it, gets the interface in it too. */
  #follow(item) {
    const spoken = supported(item.language) ?? languageOf(item.text, this.language);
    if (spoken === this.language || this.store.language || item.author !== "bot") return;
    this.#speak(spoken);
    this.lines.again();
  }

  #show(item) {
    this.numbers.learn(item.blocks);
    this.log.show(item, this.#context);
  }

  get #context() {
    return { language: this.language, country: this.country, numbers: this.numbers };
  }

  #mark(id, state) {
    const item = this.conversation.own(id);
    if (state === "sent") {
      this.store.drop(id);
      this.reach.delivered();
    }
    if (!item || item.state === "sent") return;
    const news = state !== "sent" && state !== item.state;
    item.state = state;
    if (state !== "sent") this.log.typing(false);
    this.log.state(item, this.language);
    if (state === "refused") this.reach.refused();
    this.#tellNews({ aloud: news });
  }

  /** What the server has sent counts as seen once the chat is open, so that a reload does not make history of the rest. */
  #saw() {
    const here = this.conversation.items.filter((item) => item.eventId !== null && item.conversation === this.store.current.conversation_id);
    if (here.length > 0) this.store.saw(Math.max(...here.map((item) => item.eventId)));
  }

  /** The pop-up was opened or closed. */
  #turned() {
    if (!this.sheet.away) {
      this.#saw();
      this.log.announce(this.news.take(), this.#context);
    }
    this.#tellNews();
  }

  /** Brings the button of a closed chat up to date; `aloud` when there is something new for whoever does not see it. */
  #tellNews({ aloud = false } = {}) {
    const own = this.conversation.items.filter((item) => item.author === "user");
    const headline = this.sheet.away ? this.news.headline(own, wordsOf(this.language)) : null;
    this.#view.tellNews(headline, aloud && headline ? `${headline}. ${wordsOf(this.language).openToSee}` : null);
  }

  #renewed() {
    this.seen = { conversation: null, upTo: 0 };
    if (this.conversation.items.some((item) => item.eventId !== null)) this.#show(this.conversation.divide(wordsOf(this.language).renewed));
  }

  #showLines(card) {
    if (!namesANumber(card)) return;
    this.#card = card;
    this.numbers.learn(card.blocks);
    this.#cardFor = `${this.country}-${card.language}`;
    this.#view.bar.show(card, this.language);
    this.#view.speak(this.language, { title: this.#title, number: emergencyNumber(card) });
  }

  /** Leaves for a neutral page: nothing of the conversation stays in this browser, and "back" does not lead here. */
  #leave() {
    this.connection.close();
    this.store.forgetAll();
    const stated = this.getAttribute("exit-url");
    document.documentElement.style.display = "none";
    location.replace(/^https?:\/\//i.test(stated ?? "") ? stated : NEUTRAL_SITE);
  }
}

if (!customElements.get("holdfast-chat")) customElements.define("holdfast-chat", HoldfastChat);
