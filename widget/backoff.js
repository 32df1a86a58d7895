/** How long to wait between attempts, and how to be woken earlier. */

/** Waiting times that double from `first` to `most` milliseconds, each shortened at random by up to half. */
export class Backoff {
  constructor({ first = 800, most = 15_000, random = Math.random } = {}) {
    this.first = first;
    this.most = most;
    this.random = random;
    this.attempts = 0;
  }

  next() {
    const whole = Math.min(this.most, this.first * 2 ** this.attempts);
    this.attempts += 1;
    return whole * (1 - this.random() / 2);
  }

  reset() {
    this.attempts = 0;
  }
}

/** A wait that ends after its time or with `wake`, whichever comes first. */
export class Pause {
  #waiting = new Set();

  wait(milliseconds) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#waiting.add(end);
    });
  }

  wake() {
    [...this.#waiting].forEach((end) => end());
  }
}
