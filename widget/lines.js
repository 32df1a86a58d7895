/**
 * Crisis lines that are shown before the server has answered and when it cannot: the United States, in both languages.
 * Same shape as `GET /web/lines`. Facts: holdfast/content/data/lines/US.yml, which must change together with this file.
 */

const EMERGENCY = { type: "emergency", display: "911", tel: "tel:911" };
const ENGLISH = {
  type: "line",
  id: "us-988",
  name: "988 Suicide & Crisis Lifeline",
  phone: { display: "988", tel: "tel:988" },
  text: { display: "988", sms: "sms:988" },
  chat_url: "https://988lifeline.org/chat/",
  hours_label: "24 hours a day",
  note: null,
};
const SPANISH = {
  type: "line",
  id: "us-988-es",
  name: "Línea 988 en español",
  phone: { display: "988 y oprime 2", tel: "tel:988" },
  text: { display: "988 con la palabra AYUDA", sms: "sms:988" },
  chat_url: null,
  hours_label: "24 horas al día",
  note: null,
};

const BUNDLED = {
  "US-en": { country: "US", language: "en", blocks: [{ ...EMERGENCY, label: "Emergency" }, ENGLISH] },
  "US-es": { country: "US", language: "es", blocks: [{ ...EMERGENCY, label: "Emergencia" }, SPANISH] },
};

/** The bundled card of a country, null when there is none: a number of another country is no help. */
export function bundledLines(country, language) {
  return BUNDLED[`${country}-${language}`] ?? null;
}

/** True when `card` is usable in place of another: it names at least one number. */
export function namesANumber(card) {
  return Array.isArray(card?.blocks) && card.blocks.some((block) => block?.type === "emergency" || block?.type === "line");
}

/** The emergency number of a card as written, null when it has none. */
export function emergencyNumber(card) {
  return card?.blocks?.find((block) => block?.type === "emergency")?.display ?? null;
}
