/** Messages in languages that the interface has no words in: direction, heading and links. `node --test tests/browser/js`. */

import assert from "node:assert/strict";
import test from "node:test";

const load = (name) => import(new URL(`../../../widget/${name}.js`, import.meta.url));
const { directionOf, wordsOf } = await load("strings");
const { waysTo } = await load("links");

/** As much of an element as the renderer uses. */
class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, dataset: {}, className: "", textContent: "", lang: "", dir: "", href: "", hidden: false, type: "", dateTime: "", target: "", rel: "", referrerPolicy: "" });
  }
  setAttribute(name, value) { this.attributes[name] = value; }
  append(...children) { this.children.push(...children); }
  addEventListener() {}
  querySelector() { return null; }
  all(tag) { return this.children.filter((child) => child instanceof Element).flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]); }
  get words() { return [this.textContent, ...this.children.map((child) => child.words ?? child)].join(" "); }
}
globalThis.document = { createElement: (tag) => new Element(tag) };
const { messageElement } = await load("render");

const labels = { call: "اتصل: {display}", text: "رسالة نصية: {display}", chat: "محادثة: {display}" };
const card = {
  kind: "card", author: "bot", language: "ar", country: "US", text: "", buttons: [{ label: "خطوط أخرى", payload: "/more_lines" }],
  blocks: [
    { type: "title", text: "مساعدة الآن (United States)" },
    { type: "text", text: "شكراً لأنك أخبرتني." },
    { type: "line", name: "988 Suicide & Crisis Lifeline", phone: { display: "988", tel: "tel:988" }, text: { display: "988", sms: "sms:988" }, chat_url: "https://example.org/chat", hours_label: "على مدار الساعة", note: null, labels },
    { type: "emergency", label: "رقم الطوارئ", display: "911", tel: "tel:911", labels },
  ],
};
const shown = (item) => messageElement(item, { language: "en", country: "US", numbers: null }, {});
const bubbleOf = (element) => element.children.find((child) => child.className === "bubble");

test("an Arabic card stands from right to left, with its own language, heading and buttons", () => {
  const element = shown(card);
  const bubble = bubbleOf(element);
  assert.deepEqual([bubble.lang, bubble.dir], ["ar", "rtl"]);
  assert.deepEqual(bubble.all("h3").map((heading) => heading.textContent), ["مساعدة الآن (United States)"]);
  const choices = element.children.find((child) => child.className === "choices");
  assert.deepEqual([choices.lang, choices.dir], ["ar", "rtl"]);
  assert.ok(!/Call|Text |Chat online|Emergency|You can reach/.test(bubble.words), bubble.words);
});

test("its links say what to do in Arabic and dial the same numbers", () => {
  const [line, emergency] = [card.blocks[2], card.blocks[3]].map((block) => waysTo(block, wordsOf("ar")));
  assert.deepEqual(line.map((way) => [way.label, way.href]), [["اتصل: 988", "tel:988"], ["رسالة نصية: 988", "sms:988"], ["محادثة", "https://example.org/chat"]]);
  assert.deepEqual(emergency.map((way) => [way.label, way.about]), [["اتصل: 911", "رقم الطوارئ"]]);
});

test("a block without words of its own has those of the interface", () => {
  const [call] = waysTo({ type: "emergency", label: "Emergency number", display: "911", tel: "tel:911" }, wordsOf("es"));
  assert.deepEqual([call.label, call.about], ["Llama al 911", "Emergencia"]);
});

test("what a person writes finds its own direction", () => {
  const bubble = bubbleOf(shown({ kind: "echo", author: "user", text: "أريد أن أتحدث", blocks: [], buttons: [], state: "sent" }));
  assert.deepEqual([bubble.dir, bubble.lang], ["auto", ""]);
});

test("English and Spanish messages stand from left to right and keep the heading of the interface", () => {
  for (const language of ["en", "es"]) {
    const bubble = bubbleOf(shown({ ...card, language, blocks: card.blocks.slice(1, 2) }));
    assert.deepEqual([bubble.lang, bubble.dir], [language, "ltr"]);
    assert.deepEqual(bubble.all("h3").map((heading) => heading.textContent), [wordsOf(language).cardHeading]);
  }
  assert.equal(directionOf("ja"), "ltr");
});
