/** Turns messages, cards and ways to reach a line into elements. Text enters the page as text only, links as `links.js` allows. */

import { countryName, waysTo } from "./links.js";
import { directionOf, fill, languageOf, supported, wordsOf } from "./strings.js";

/** An element with properties, attributes (names with a dash, `role`, `lang`, `for`) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name in element && !name.includes("-") && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A link that dials, writes or opens; its name says whom one reaches and in which country. */
export function wayLink({ href, label, about, external }, { country, language, words, captions = false }) {
  const name = [`${label} ${about}`.trim(), countryName(country, language), external ? words.newTab : ""];
  const link = make("a", { href, className: "way", "aria-label": name.filter(Boolean).join(", ") });
  link.append(make("span", { className: "do", textContent: label }));
  if (captions && about) link.append(" ", make("span", { className: "about", textContent: about }));
  if (external) Object.assign(link, ELSEWHERE);
  return link;
}

function contact(block, context) {
  const item = make("li", { className: block.type });
  const ways = waysTo(block, context.words);
  const title = block.type === "emergency" ? block.label : block.name;
  if (title) item.append(make("p", { className: "name", textContent: title }));
  if (block.hours_label) item.append(make("p", { className: "hours", textContent: block.hours_label }));
  item.append(make("div", { className: "ways" }, ...ways.map((way) => wayLink(way, context))));
  if (block.note) item.append(make("p", { className: "note", textContent: block.note }));
  return item;
}

const ELSEWHERE = { target: "_blank", rel: "noopener noreferrer", referrerPolicy: "no-referrer" };

/** A paragraph in which numbers that are known become links. */
function paragraph(className, text, numbers) {
  const pieces = numbers?.split(text) ?? [{ text, href: null }];
  const link = ({ text: textContent, href }) => make("a", { href, textContent, ...(href.startsWith("https:") ? ELSEWHERE : {}) });
  return make("p", { className }, ...pieces.map((piece) => (piece.href ? link(piece) : piece.text)));
}

/** The blocks of a card in their order; neighboring numbers and lines become one list. */
export function blocksOf(blocks, context) {
  const parts = [];
  let list = null;
  for (const block of blocks) {
    if (block?.type === "emergency" || block?.type === "line") {
      if (!list) parts.push((list = make("ul", { className: "contacts" })));
      list.append(contact(block, context));
    } else if (block?.type === "title") {
      parts.push(make("h3", { textContent: block.text }));
    } else if (typeof block?.text === "string") {
      list = null;
      parts.push(paragraph(`block ${/^[a-z]+$/.test(block.type ?? "") ? block.type : "text"}`, block.text, context.numbers));
    }
  }
  return parts;
}

function authorOf(item, words) {
  if (item.author === "user") return words.you;
  if (item.author === "staff" || item.kind === "staff") return item.staffName ? fill(words.staff, { name: item.staffName }) : words.staffUnnamed;
  return words.assistant;
}

function clock(at, language) {
  const time = new Date(at ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return null;
  const written = time.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
  return make("time", { dateTime: time.toISOString(), textContent: written });
}

/** A message as an element. `actions`: `choose(button, item)` and `retry(item)`. */
export function messageElement(item, { language, country, numbers }, actions) {
  if (item.kind === "divider") return make("p", { className: "divider", textContent: item.text });
  const theirs = item.author === "user" ? language : (item.language ?? languageOf(item.text, language));
  const words = wordsOf(theirs);
  const kind = item.author === "user" ? "own" : item.author === "staff" ? "staff" : "bot";
  const element = make("article", { className: `message ${kind} ${item.kind === "card" ? "card" : ""}`.trim() });
  const author = make("p", { className: "author" }, make("span", { className: "who", textContent: authorOf(item, wordsOf(language)) }), " ");
  const time = clock(item.at, language);
  if (time) author.append(time);
  const bubble = make("div", { className: "bubble", ...(item.author === "user" ? { dir: "auto" } : { lang: theirs, dir: directionOf(theirs) }) });
  if (item.kind === "card" && supported(theirs)) bubble.append(make("h3", { textContent: words.cardHeading }));
  const parts = blocksOf(item.blocks, { country: item.country ?? country, language: theirs, words, numbers });
  if (parts.length > 0) bubble.append(...parts);
  else bubble.append(paragraph("block text", item.text, item.author === "user" ? null : numbers));
  element.append(author, bubble);
  if (item.buttons.length > 0) element.append(choices(item, words, theirs, actions));
  if (item.author === "user") element.append(make("div", { className: "state" }));
  showState(element, item, wordsOf(language), actions);
  return element;
}

function choices(item, words, language, actions) {
  const group = make("div", { className: "choices", role: "group", lang: language, dir: directionOf(language), "aria-label": words.choices });
  for (const button of item.buttons) {
    const rates = button.payload.startsWith("/feedback "); // discreet: nobody has to say whether an answer helped
    const element = make("button", { type: "button", textContent: button.label, className: rates ? "rate" : null });
    let pressedAt = -Infinity;
    element.addEventListener("click", () => {
      if (performance.now() - pressedAt < 1_000) return; // a double tap is one answer
      pressedAt = performance.now();
      element.classList.add("chosen");
      actions.choose(button, item);
    });
    group.append(element);
  }
  return group;
}

/** Brings the line under a message of the user up to date: sending, not sent yet, could not be sent. */
export function showState(element, item, words, actions) {
  const state = element.querySelector(":scope > .state");
  if (!state || state.dataset.state === `${item.state} ${words.languageName}`) return;
  state.dataset.state = `${item.state} ${words.languageName}`;
  state.replaceChildren();
  if (item.state === "sent") return;
  state.append(make("span", { textContent: words[item.state] }));
  if (item.state === "sending") return;
  const retry = make("button", { type: "button", textContent: words.retry });
  retry.addEventListener("click", () => actions.retry(item));
  state.append(" ", retry);
}

/** Puts the interface's own words of a message into another language; what was said stays as it was said. */
export function relabel(element, item, language, actions) {
  const who = element.querySelector(":scope > .author > .who");
  if (who) who.textContent = authorOf(item, wordsOf(language));
  showState(element, item, wordsOf(language), actions);
}
