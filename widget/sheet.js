/** Opens and closes the chat: a pop-up on wide screens, a full-height sheet on narrow ones, above the on-screen keyboard. */

const NARROW = "(max-width: 40rem)";

export class Sheet {
  #open = false;
  #lock = null;

  /**
   * `popup` is false for a chat that stands in the page; that one becomes a sheet only on a narrow screen. `opened()` is
   * called when the person turns to the chat, `turned()` when it was opened or closed.
   */
  constructor(host, view, { popup, opened, turned }) {
    this.host = host;
    this.view = view;
    this.popup = popup;
    this.turned = turned;
    this.narrow = matchMedia(NARROW);
    this.place = () => this.#place();
    this.shell = view.shell;
    this.shell.classList.toggle("popup", popup);
    view.launcher.hidden = !popup;
    view.launcher.addEventListener("click", () => this.open({ focus: true }));
    view.close.addEventListener("click", () => this.close());
    view.text.addEventListener("focus", () => {
      opened();
      if (!popup && this.narrow.matches) this.open({ focus: false });
    });
    this.escape = (event) => {
      if (event.key === "Escape" && this.#open && !event.defaultPrevented) this.close();
    };
    this.shell.addEventListener("keydown", this.escape);
    this.elsewhere = (event) => {
      if (this.#open && this.shell.classList.contains("full") && event.target !== host && !host.contains(event.target)) this.close({ focus: false });
    };
    this.#show();
  }

  start() {
    this.narrow.addEventListener("change", this.place);
    visualViewport?.addEventListener("resize", this.place);
    visualViewport?.addEventListener("scroll", this.place);
    document.addEventListener("focusin", this.elsewhere);
  }

  stop() {
    this.narrow.removeEventListener("change", this.place);
    visualViewport?.removeEventListener("resize", this.place);
    visualViewport?.removeEventListener("scroll", this.place);
    document.removeEventListener("focusin", this.elsewhere);
    this.#release();
  }

  /** True while nothing of the conversation can be seen: a pop-up that is closed. */
  get away() {
    return this.popup && !this.#open;
  }

  open({ focus }) {
    this.#open = true;
    this.#show();
    this.turned();
    if (focus) this.view.text.focus({ preventScroll: true });
  }

  close({ focus = true } = {}) {
    this.#open = false;
    this.#show();
    this.turned();
    if (!focus) return;
    if (this.popup) this.view.launcher.focus();
    else this.view.scroller.focus({ preventScroll: true });
  }

  #show() {
    this.shell.hidden = this.popup && !this.#open;
    this.view.launcher.hidden = !this.popup || this.#open;
    this.view.close.hidden = !this.#open;
    this.#place();
  }

  #place() {
    const full = this.#open && this.narrow.matches;
    if (!full && this.#open && !this.popup) {
      this.#open = false; // the screen became wide: the chat stands in the page again
      this.view.close.hidden = true;
    }
    this.shell.classList.toggle("full", full);
    if (full) {
      this.shell.style.setProperty("--sheet-top", `${visualViewport?.offsetTop ?? 0}px`);
      this.shell.style.setProperty("--sheet-height", `${visualViewport?.height ?? innerHeight}px`);
      this.#lock ??= { overflow: document.documentElement.style.overflow };
      document.documentElement.style.overflow = "hidden";
    } else {
      this.#release();
    }
  }

  #release() {
    if (!this.#lock) return;
    document.documentElement.style.overflow = this.#lock.overflow;
    this.#lock = null;
  }
}
