// What can be wrong with how a screen looks, found in the page itself: text
// that is cut or runs out of the screen, targets too small for a finger in a
// glove, and words of one language said to be of another.

import type { Page } from "playwright-core";

/** Words that are the same in every script: names, codes and addresses. */
const SAME_EVERYWHERE = /Waymark|[\w-]+@\d|https?:|www\.|[A-Z]{2,}|mae-sot|screen-fc|triage-border/;

/** Gives what is wrong with the screen as it stands, one line each. */
export async function faults(page: Page): Promise<string[]> {
  return page.evaluate((same) => {
    const found: string[] = [];
    const LEAST = 44;
    const RTL = /^(ar|dv|ur)\b/;
    const SCRIPTS: Readonly<Record<string, RegExp>> = {
      am: /\p{Script=Ethiopic}/u, ar: /\p{Script=Arabic}/u, dv: /\p{Script=Thaana}/u, km: /\p{Script=Khmer}/u,
      my: /\p{Script=Myanmar}/u, th: /\p{Script=Thai}/u, ur: /\p{Script=Arabic}/u,
    };
    const latin = /\p{Script=Latin}{4,}/u;
    const foreign = new RegExp(Object.values(SCRIPTS).map((s) => s.source).join("|"), "u");
    const name = (el: Element): string => `<${el.tagName.toLowerCase()} ${el.id ? `#${el.id}` : `.${el.className}`}> ${(el.textContent ?? "").trim().slice(0, 60)}`;
    const shown = (el: Element): boolean => el.checkVisibility({ visibilityProperty: true }) && !el.closest(".unseen, .skip:not(:focus)");

    const { scrollWidth, clientWidth } = document.scrollingElement!;
    if (scrollWidth > clientWidth) found.push(`the screen scrolls sideways: ${scrollWidth} > ${clientWidth}`);

    for (const el of document.body.querySelectorAll<HTMLElement>("*")) {
      if (!shown(el) || el.closest("option")) continue;
      const style = getComputedStyle(el);
      const cuts = style.overflowX !== "visible" || style.textOverflow === "ellipsis";
      const holds = el.matches("button, summary, label, .marks li, .badge");
      if ((cuts || holds) && el.clientWidth > 0 && el.scrollWidth > el.clientWidth + 1) found.push(`cut at the side: ${name(el)}`);
      if (holds && el.clientHeight > 0 && el.scrollHeight > el.clientHeight + 1) found.push(`cut at the foot: ${name(el)}`);
    }

    for (const el of document.body.querySelectorAll<HTMLElement>("button, a[href], select, summary, input")) {
      const target = el.matches("[type=checkbox], [type=radio]") ? (el.closest("label") ?? el) : el;
      if (!shown(target)) continue;
      const { width, height } = target.getBoundingClientRect();
      if (Math.min(width, height) < LEAST) found.push(`${Math.round(width)}×${Math.round(height)} is small for a finger: ${name(el)}`);
    }

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      const text = texts.currentNode.nodeValue ?? "";
      const el = texts.currentNode.parentElement!;
      if (text.trim() === "" || el.closest("option, noscript") || !shown(el)) continue;
      range.selectNodeContents(texts.currentNode);
      for (const { left, right, width } of range.getClientRects()) {
        if (width > 0 && (left < -1 || right > innerWidth + 1)) found.push(`runs out of the screen: ${name(el)}`);
      }
      const lang = el.closest("[lang]")?.getAttribute("lang") ?? "";
      const own = SCRIPTS[lang.split("-")[0]!];
      const others = own ? text.replace(new RegExp(own.source, "gu"), "") : text;
      if (foreign.test(others)) found.push(`not in ${lang}: ${name(el)}`);
      // The browser names countries and days in English where it does not know a language.
      const named = Intl.DateTimeFormat.supportedLocalesOf([lang || "en"]).length === 0 && el.matches(".hint, .check span");
      if (own && latin.test(text) && !own.test(text) && !new RegExp(same).test(text) && !named && !el.closest("body [dir=ltr], bdi")) found.push(`not in ${lang}: ${name(el)}`);
      if (own?.test(text) && getComputedStyle(el).direction !== (RTL.test(lang) ? "rtl" : "ltr")) found.push(`${lang} in the wrong direction: ${name(el)}`);
    }
    return [...new Set(found)];
  }, SAME_EVERYWHERE.source);
}

/** Says what is wrong with where the focus is: unseen, covered, or nowhere. */
export async function focusFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const el = document.activeElement;
    if (!el || el === document.body) return ["the focus is nowhere"];
    const found: string[] = [];
    const name = `<${el.tagName.toLowerCase()} ${el.id}> ${(el.textContent ?? "").slice(0, 60)}`;
    const rings = [getComputedStyle(el), getComputedStyle(el, "::after")];
    if (!rings.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2)) found.push(`the focus is not seen: ${name}`);
    const at = (el.closest("label") ?? el).getBoundingClientRect();
    const over = document.elementFromPoint(at.left + at.width / 2, Math.min(at.top + at.height / 2, innerHeight - 1));
    const covering = over?.closest(".row.bottom");
    if (at.bottom < 0 || at.top > innerHeight || (covering && !covering.contains(el))) found.push(`the focus is covered: ${name}`);
    return found;
  });
}
