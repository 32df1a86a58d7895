/** Reads a stream of server-sent events as the standard defines it. Pure but for the reader that it is handed. */

/** Splits a stream of text into events `{id, event, data}`; `push` returns those that a piece completed. */
export class EventParser {
  #rest = "";
  #lines = [];

  push(piece) {
    const found = [];
    // A carriage return at the end may be the first half of a pair, so it waits for the next piece.
    const text = this.#rest + piece;
    const held = text.endsWith("\r") ? 1 : 0;
    const lines = text.slice(0, text.length - held).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + (held ? "\r" : "");
    for (const line of lines) {
      if (line !== "") {
        this.#lines.push(line);
        continue;
      }
      const event = this.#finish();
      if (event) found.push(event);
    }
    return found;
  }

  #finish() {
    const event = { id: null, event: "message", data: null };
    for (const line of this.#lines.splice(0)) {
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") event.data = event.data === null ? value : `${event.data}\n${value}`;
      else if (field === "id" || field === "event") event[field] = value;
    }
    return event.data === null ? null : event;
  }
}

/** Calls `onEvent` for each event of `body` and `onBytes` whenever anything arrives, heartbeats included; ends with the stream. */
export async function readEvents(body, onEvent, onBytes) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    parser.push(decoder.decode(value, { stream: true })).forEach(onEvent);
  }
}
