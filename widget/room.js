/** Where there is little room, as on a phone with large text, what stands around the conversation moves to its beginning. */

/** Less than this, in rem: then numbers, conversation and composer share what there is. */
const NARROW = 18;
const LOW = 17;

export class Room {
  #tight = false;

  constructor(view) {
    this.view = view;
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.#arrange()));
    this.observer.observe(view.shell);
    this.observer.observe(view.header); // grows with the text, also where the shell has the size of the screen
  }

  #arrange() {
    const { shell, bar, header, scroller, about } = this.view;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    if (shell.clientWidth === 0) return;
    const tight = shell.clientWidth < NARROW * rem || shell.clientHeight < LOW * rem;
    const focused = shell.getRootNode().activeElement;
    if (tight === this.#tight || bar.more.contains(focused) || about.contains(focused)) return;
    this.#tight = tight;
    shell.classList.toggle("tight", tight);
    if (tight) {
      scroller.prepend(about, bar.more);
    } else {
      bar.element.insertBefore(bar.more, bar.fallback);
      header.append(about);
    }
  }
}
