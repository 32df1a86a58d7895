// Small comforts on top of pages that work without it: scrolling, announcements, ready sentences, Ctrl + Enter.
"use strict";

function toNewest() {
  const talk = document.querySelector(".talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
}

function nearEnd() {
  const talk = document.querySelector(".talk");
  return !talk || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
}

// A press that begins on one element and ends on its successor is no click: nothing is exchanged meanwhile.
// The next poll brings the same news again.
let pressing = false;
const released = () => { setTimeout(() => { pressing = false; }, 0); };
document.addEventListener("pointerdown", () => { pressing = true; });
document.addEventListener("pointerup", released);
document.addEventListener("pointercancel", released);
document.addEventListener("pointermove", (event) => { if (!event.buttons) pressing = false; });
document.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") pressing = true; });
document.addEventListener("keyup", released);
window.addEventListener("blur", released);

// Where somebody reads, and what they have opened, outlives new words.
const reading = { follow: true, top: 0, open: [] };
document.addEventListener("htmx:beforeSwap", (event) => {
  if (pressing) {
    event.detail.shouldSwap = false;
    return;
  }
  const talk = event.target.id === "talk" ? document.querySelector(".talk") : null;
  if (!talk) return;
  reading.follow = nearEnd();
  reading.top = talk.scrollTop;
  reading.open = [...talk.querySelectorAll("details[open]")].map((each) => each.id);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "talk") return;
  reading.open.map((id) => document.getElementById(id)).filter(Boolean).forEach((each) => { each.open = true; });
  if (reading.follow) toNewest();
  else document.querySelector(".talk").scrollTop = reading.top;
});

// Each part of a page says its news; the chat's are new each time, the others' only when the words are others.
const announced = new Map();
document.querySelectorAll("[data-announce]").forEach((part) => announced.set(part.id, part.dataset.announce));
document.addEventListener("htmx:afterSettle", (event) => {
  const { id, dataset } = event.target;
  if (!dataset || dataset.announce === undefined) return;
  const news = dataset.announce;
  if (news && (id === "talk" || announced.get(id) !== news)) announce(news);
  announced.set(id, news);
});

function announce(news) {
  const announcer = document.getElementById("announcer"), line = document.createElement("p");
  line.textContent = news;
  announcer.append(line);
  while (announcer.children.length > 5) announcer.firstElementChild.remove();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && event.target.matches(".reply textarea")) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.use");
  const box = document.getElementById("text");
  if (!button || !box) return;
  box.value = (box.value ? box.value.trimEnd() + " " : "") + button.dataset.say;
  box.focus();
});

document.documentElement.classList.add("script");
document.querySelectorAll("button.use").forEach((button) => { button.hidden = false; });
toNewest();
