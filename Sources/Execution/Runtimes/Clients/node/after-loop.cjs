"use strict";

/** What is to be done when the function has nothing left to do: one action, which replaces the one before. */
class AfterLoop {
  constructor() {
    this.action = undefined;
    process.on("beforeExit", () => {
      const action = this.action;
      this.action = undefined;
      action?.();
    });
  }

  set(action) {
    this.action = action;
  }

  clear() {
    this.action = undefined;
  }

  /** Resolves when the event loop is empty. */
  reached() {
    return new Promise((resolve) => this.set(resolve));
  }
}

module.exports = { AfterLoop };
