// What the page and its service worker have to agree on.

/** What the page tells the worker that waits, when no interview is open. */
export const ACTIVATE = "activate";

/** The cache of the fonts of the languages that were taken. Their names hold a hash, so they outlive a version of the app. */
export const FONT_CACHE = "waymark-fonts";
