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

let follow = true;
document.addEventListener("htmx:beforeSwap", () => { follow = nearEnd(); });
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "talk" && follow) toNewest();
  const announcer = document.getElementById("announcer");
  const news = event.target.dataset ? event.target.dataset.announce : "";
  if (news && announcer.textContent !== news) announcer.textContent = news;
});

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
