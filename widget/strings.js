/** The words of the chat's own interface, in each language. What the assistant says comes from the server. */

const en = {
  languageName: "English",
  otherLanguage: { code: "es", name: "Español" },
  title: "Ask the clinic",
  bar: "Help now",
  conversation: "Conversation",
  newMessages: "New messages",
  disclosure: "Automated assistant. Not a person. Not for emergencies: call {number}.",
  disclosureUnknown: "Automated assistant. Not a person. Not for emergencies: call the emergency number where you are.",
  welcome:
    "You can ask about ketamine therapy here, or say how you are doing. Clinic staff may read this conversation. " +
    "The numbers above are for you, whether you write here or not.",
  protocol: "How this chat handles a crisis",
  leave: "Leave this page quickly",
  leaveShort: "Leave quickly",
  open: "Chat and crisis lines",
  newFrom: "New message from {name}",
  newFromStaff: "New message from clinic staff",
  newInChat: "New message in the chat",
  notSentYet: "Your message is not sent yet",
  notSent: "Your message could not be sent",
  openToSee: "Open the chat to see it.",
  close: "Close the chat",
  composer: "Your message",
  placeholder: "Write here",
  send: "Send",
  you: "You",
  assistant: "Assistant, automated",
  staff: "{name}, clinic staff",
  staffUnnamed: "Clinic staff",
  cardHeading: "You can reach someone now",
  choices: "Answers you can tap",
  sending: "Sending",
  delayed: "Not sent yet. Trying again.",
  refused: "This message could not be sent.",
  retry: "Send again",
  typing: "One moment",
  newest: "Newest message",
  offline:
    "The chat has no connection right now. What you write stays on this page and is sent when the connection is back. " +
    "Until then nobody can read it.",
  without: "These lines work without the chat:",
  back: "The connection is back.",
  renewed: "A new conversation starts here. Messages above this line may not be known to the assistant.",
  emergency: "Emergency",
  call: "Call {display}",
  text: "Text {display}",
  textKeyword: "Text {display}",
  chat: "Chat online",
  newTab: "opens a new tab",
  more: "More ways to reach someone",
  noLines:
    "If you are in danger, call the emergency number where you are. findahelpline.com lists crisis lines by country.",
};

const es = {
  languageName: "Español",
  otherLanguage: { code: "en", name: "English" },
  title: "Pregunta a la clínica",
  bar: "Ayuda ahora",
  conversation: "Conversación",
  newMessages: "Mensajes nuevos",
  disclosure: "Asistente automático. No es una persona. No es para emergencias: llama al {number}.",
  disclosureUnknown:
    "Asistente automático. No es una persona. No es para emergencias: llama al número de emergencia de donde estás.",
  welcome:
    "Aquí puedes preguntar sobre la terapia con ketamina o contar cómo estás. El personal de la clínica puede leer " +
    "esta conversación. Los números de arriba son para ti, escribas aquí o no.",
  protocol: "Qué hace este chat en una crisis",
  leave: "Salir rápido de esta página",
  leaveShort: "Salir rápido",
  open: "Chat y líneas de crisis",
  newFrom: "Mensaje nuevo de {name}",
  newFromStaff: "Mensaje nuevo del personal de la clínica",
  newInChat: "Mensaje nuevo en el chat",
  notSentYet: "Tu mensaje todavía no se ha enviado",
  notSent: "Tu mensaje no se pudo enviar",
  openToSee: "Abre el chat para verlo.",
  close: "Cerrar el chat",
  composer: "Tu mensaje",
  placeholder: "Escribe aquí",
  send: "Enviar",
  you: "Tú",
  assistant: "Asistente automático",
  staff: "{name}, personal de la clínica",
  staffUnnamed: "Personal de la clínica",
  cardHeading: "Puedes hablar con alguien ahora",
  choices: "Respuestas que puedes tocar",
  sending: "Enviando",
  delayed: "Todavía no se ha enviado. Se intentará de nuevo.",
  refused: "Este mensaje no se pudo enviar.",
  retry: "Enviar de nuevo",
  typing: "Un momento",
  newest: "Mensaje más nuevo",
  offline:
    "El chat no tiene conexión ahora. Lo que escribas queda en esta página y se envía cuando vuelva la conexión. " +
    "Hasta entonces nadie puede leerlo.",
  without: "Estas líneas funcionan sin el chat:",
  back: "La conexión ha vuelto.",
  renewed: "Aquí empieza una conversación nueva. Puede que el asistente no conozca los mensajes de arriba.",
  emergency: "Emergencia",
  call: "Llama al {display}",
  text: "Mensaje al {display}",
  textKeyword: "Manda {display}",
  chat: "Chat en línea",
  newTab: "se abre en otra pestaña",
  more: "Más formas de hablar con alguien",
  noLines:
    "Si estás en peligro, llama al número de emergencia de donde estás. findahelpline.com tiene líneas de crisis por país.",
};

const LANGUAGES = { en, es };

/** The words of a language, English when it is not known. */
export function wordsOf(language) {
  return LANGUAGES[language] ?? en;
}

/** `text` with each `{name}` replaced by the fact of that name. */
export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

/** "en" or "es" of a BCP 47 tag such as `es-MX`; null when it is neither. */
export function supported(tag) {
  const primary = String(tag ?? "").toLowerCase().split("-")[0];
  return primary in LANGUAGES ? primary : null;
}

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** "rtl" or "ltr", for an element whose text is in that language. */
export function directionOf(language) {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

const COMMON = {
  es: /(?<!\p{L})(el|la|los|las|que|tú|está|estás|ahora|puede|puedes|llama|con|por|para|una|es|hola|ayuda|aquí|si|no quiero|estoy)(?!\p{L})|[ñ¿¡]/giu,
  en: /(?<!\p{L})(the|you|and|that|this|now|can|call|with|for|is|are|here|hello|help|your|if|to)(?!\p{L})/giu,
};

/** The language of what the server said, by its common words; `fallback` when that is not clear. */
export function languageOf(text, fallback) {
  const count = (language) => (text.match(COMMON[language]) ?? []).length;
  const [spanish, english] = [count("es"), count("en")];
  if (Math.abs(spanish - english) < 2) return fallback;
  return spanish > english ? "es" : "en";
}
