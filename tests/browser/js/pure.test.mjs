/** The widget's pure modules, without a browser: `node --test tests/browser/js`. */

import assert from "node:assert/strict";
import test from "node:test";

const load = (name) => import(new URL(`../../../widget/${name}.js`, import.meta.url));
const { EventParser } = await load("sse");
const { Conversation } = await load("conversation");
const { News } = await load("news");
const { safeAddress, waysTo } = await load("links");
const { Numbers } = await load("numbers");
const { languageOf, wordsOf } = await load("strings");
const { Backoff } = await load("backoff");

const event = (event_id, more = {}) => ({ event_id, kind: "reply", author: "bot", text: `${event_id}`, blocks: [], buttons: [], in_reply_to: null, ...more });
const texts = (conversation) => conversation.items.map((item) => item.text);

test("an event stream is read the same in whatever pieces it comes", () => {
  const stream = ': still here\r\n\r\nid: 7\r\nevent: message\r\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 8\ndata: two\n\n';
  const expected = [{ id: "7", event: "message", data: '{"a":\n1}' }, { id: "8", event: "message", data: "two" }];
  for (let size = 1; size <= stream.length; size += 1) {
    const parser = new EventParser();
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...parser.push(stream.slice(at, at + size)));
    assert.deepEqual(found, expected, `pieces of ${size}`);
  }
});

test("an event is taken once, however often and in whatever order it comes", () => {
  const conversation = new Conversation();
  for (const id of [3, 1, 2, 3, 1]) conversation.take(event(id), "c", true);
  assert.deepEqual(texts(conversation), ["1", "2", "3"]);
});

test("the echo of an own message confirms it instead of doubling it", () => {
  const conversation = new Conversation();
  conversation.addOwn({ id: "m", text: "hi" });
  conversation.take(event(3, { kind: "card", text: "card", in_reply_to: "m" }), "c", true);
  const { fresh } = conversation.take(event(2, { kind: "echo", author: "user", text: "hi", in_reply_to: "m" }), "c", true);
  assert.equal(fresh, false);
  assert.deepEqual(texts(conversation), ["hi", "card"]);
});

test("an answer stands behind its question, not behind the next one", () => {
  const conversation = new Conversation();
  conversation.addOwn({ id: "a", text: "first" });
  conversation.addOwn({ id: "b", text: "second" });
  conversation.take(event(2, { text: "answer", in_reply_to: "a" }), "c", true);
  assert.deepEqual(texts(conversation), ["first", "answer", "second"]);
});

test("history goes before messages that no server has seen", () => {
  const conversation = new Conversation();
  conversation.addOwn({ id: "a", text: "waiting", live: false });
  conversation.take(event(1), "c", false);
  conversation.take(event(2), "c", false);
  assert.deepEqual(texts(conversation), ["1", "2", "waiting"]);
});

test("a new conversation begins below the old one, whatever its numbers", () => {
  const conversation = new Conversation();
  conversation.take(event(8), "old", true);
  conversation.divide("--");
  conversation.take(event(1), "new", true);
  assert.deepEqual(texts(conversation), ["8", "--", "1"]);
});

test("a closed chat tells of the latest person who wrote, then of anything new, then of own words that wait", () => {
  const said = (items, own) => {
    const news = new News();
    items.forEach((item) => news.add({ live: true, author: "bot", kind: "reply", id: null, ...item }));
    return news.headline(own.map((state) => ({ state })), wordsOf("en"));
  };
  const staff = (staffName) => ({ kind: "staff", author: "staff", staffName });
  for (const [items, own, expected] of [
    [[], [], null],
    [[], ["sent", "sending"], null],
    [[], ["delayed"], "Your message is not sent yet"],
    [[], ["delayed", "refused"], "Your message could not be sent"],
    [[{ kind: "card" }], ["delayed"], "New message in the chat"],
    [[{ kind: "notice" }], [], "New message in the chat"],
    [[{ id: "m" }], [], "New message in the chat"],
    [[{ text: "a greeting answers nobody" }], [], null],
    [[{ kind: "card", live: false }], [], null],
    [[{ kind: "echo", author: "user", id: "m" }], [], null],
    [[staff("Sam"), staff("Kim"), { kind: "card" }], ["refused"], "New message from Kim"],
    [[staff(null)], [], "New message from clinic staff"],
  ]) {
    assert.equal(said(items, own), expected, JSON.stringify(items));
  }
});

test("what was taken is no news any more", () => {
  const news = new News();
  news.add({ live: true, author: "bot", kind: "card", id: null });
  assert.equal(news.take().length, 1);
  assert.equal(news.headline([], wordsOf("en")), null);
});

test("only telephone, message and https addresses become links", () => {
  assert.equal(safeAddress("tel", "tel:988"), "tel:988");
  assert.equal(safeAddress("tel", "988"), "tel:988");
  assert.equal(safeAddress("sms", "sms:741741?&body=HOME"), "sms:741741?&body=HOME");
  for (const [scheme, value] of [["tel", "javascript:alert(1)"], ["https", "http://x.org"], ["https", "https://x .org"], ["tel", ""], ["sms", null]]) {
    assert.equal(safeAddress(scheme, value), null, value);
  }
});

test("the number is said once in a link's name", () => {
  const line = { type: "line", name: "988 Suicide & Crisis Lifeline", phone: { display: "988", tel: "tel:988" }, text: { display: "HOME to 741741", sms: "sms:741741" } };
  const ways = waysTo(line, wordsOf("en"));
  assert.deepEqual(ways.map((way) => `${way.label} ${way.about}`), ["Call 988 Suicide & Crisis Lifeline", "Text HOME to 741741 988 Suicide & Crisis Lifeline"]);
});

test("known numbers in a sentence become links, others stay as they are", () => {
  const numbers = new Numbers();
  numbers.learn([
    { type: "emergency", display: "911", tel: "tel:911" },
    { type: "line", name: "x", phone: { display: "988", tel: "tel:988" }, text: { display: "988", sms: "sms:988" } },
  ]);
  const links = (text) => numbers.split(text).filter((piece) => piece.href).map((piece) => `${piece.text} ${piece.href}`);
  assert.deepEqual(links("In danger: 911. Or call 988, text 988."), ["911 tel:911", "call 988 tel:988", "text 988 sms:988"]);
  assert.deepEqual(links("Llama al 988 ahora"), ["Llama al 988 tel:988"]);
  assert.deepEqual(links("recall 988, room 9112, call 988-1234, 1-911"), []);
  assert.equal(numbers.split("a 911 b").map((piece) => piece.text).join(""), "a 911 b");
});

test("both languages have the same words, without exclamation marks", () => {
  const [english, spanish] = [wordsOf("en"), wordsOf("es")];
  assert.deepEqual(Object.keys(spanish), Object.keys(english));
  for (const words of [english, spanish]) assert.ok(!/[!\u00a1]/.test(JSON.stringify(words)));
});

test("the language of an answer is known by its common words, or left as it was", () => {
  assert.equal(languageOf("Gracias por contármelo. Puedes hablar con una persona ahora.", "en"), "es");
  assert.equal(languageOf("Thank you for telling me. You can talk with a person now.", "es"), "en");
  assert.equal(languageOf("988", "es"), "es");
});

test("waits double up to their limit and never lose more than half to chance", () => {
  const backoff = new Backoff({ first: 100, most: 1000, random: () => 1 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => backoff.next()), [50, 100, 200, 400, 500, 500]);
  backoff.reset();
  assert.equal(backoff.next(), 50);
});
