/** Links that are safe to follow: telephone, text message and https, nothing else, with names that say where they lead. */

import { fill } from "./strings.js";

const SCHEMES = { tel: /^tel:[+*#\d,;()\-. ]+$/, sms: /^sms:[+\d][+\d\- ]*([?;&]+body=[^\s<>"]*)?$/i, https: /^https:\/\/[^\s]+$/i };

/** The address when it is of `scheme`, also when the server left the scheme off; null when it is anything else. */
export function safeAddress(scheme, value) {
  if (typeof value !== "string" || value === "") return null;
  const address = value.includes(":") ? value : `${scheme}:${value}`;
  return SCHEMES[scheme].test(address) ? address : null;
}

/** The name of a country in a language, empty when it is not known. */
export function countryName(country, language) {
  try {
    return /^[A-Z]{2}$/.test(country ?? "") ? new Intl.DisplayNames([language], { type: "region" }).of(country) : "";
  } catch {
    return "";
  }
}

/** "Call 988" and what follows it: "Suicide & Crisis Lifeline". The number is not said twice. */
export function withoutNumber(name, display) {
  return name.startsWith(`${display} `) ? name.slice(display.length + 1) : name;
}

/**
 * The ways to reach a line or emergency number, in the order shown: `{href, label, about, external}` each. `label` is what
 * to do, `about` whom one reaches; together they are the link's name. A block in a language that the page has no words in
 * brings its own as `labels`.
 */
export function waysTo(block, words) {
  const ways = [];
  const said = { ...words, ...(typeof block.labels === "object" && block.labels && { ...block.labels, textKeyword: block.labels.text, emergency: block.label }) };
  const name = typeof block.name === "string" ? block.name : "";
  const add = (scheme, value, label, about) => {
    const href = safeAddress(scheme, value);
    if (href) ways.push({ href, label, about, external: scheme === "https" });
  };
  if (block.type === "emergency") {
    add("tel", block.tel, fill(said.call, block), said.emergency);
    return ways;
  }
  if (block.phone) add("tel", block.phone.tel, fill(said.call, block.phone), withoutNumber(name, block.phone.display));
  if (block.text) {
    const sentence = /^[+\d]/.test(block.text.display) ? said.text : said.textKeyword;
    add("sms", block.text.sms, fill(sentence, block.text), withoutNumber(name, block.text.display));
  }
  if (block.chat_url) add("https", block.chat_url, fill(said.chat, { display: "" }).replace(/[\s:\uff1a]+$/, ""), name);
  return ways;
}
