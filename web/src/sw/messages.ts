/** What the page tells the worker that waits, when no interview is open. */
export const ACTIVATE = "activate";
