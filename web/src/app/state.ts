// What the screens share: where the officer is, in which languages they read,
// and what went wrong last. Nothing here outlives the page, and nothing of an
// interview is in an address.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";

import { OfflineError, ProblemError, RefusedError, type LoadedInstrument, type Platform, type Refusal } from "../platform/types.ts";
import { reader, speaker, type Read, type Say } from "./text.ts";
import english from "./english.ts";

/** The screens that are no part of an interview. */
export type View =
  | { readonly name: "home" }
  | { readonly name: "setup"; readonly instrument: string; readonly paper?: true }
  | { readonly name: "interview" }
  | { readonly name: "languages" }
  | { readonly name: "delivery" }
  | { readonly name: "paper" }
  | { readonly name: "entry" }
  | { readonly name: "console" };

export interface Shared {
  readonly platform: Platform;
  readonly view: ReadonlySignal<View>;
  go(view: View): void;
  /** The screen shows a clock and nothing else. */
  readonly hidden: ReadonlySignal<boolean>;
  hide(): void;
  unhide(): void;
  /** Speaks the officer's language. */
  readonly say: ReadonlySignal<Say>;
  /** Speaks a person's language. */
  tell(language: string): Say;
  /** Reads a questionnaire to the officer, in English where their language was not fetched. */
  read(instrument: LoadedInstrument): Read;
  readonly direction: (language: string) => "ltr" | "rtl";
  /** A line about what went wrong, in the officer's language; "" for nothing. */
  readonly trouble: ReadonlySignal<string>;
  /** Runs something and tells what went wrong; gives whether it went well. */
  attempt(work: () => Promise<unknown>): Promise<boolean>;
}

/** Makes what the screens share. */
export function share(platform: Platform): Shared {
  const view = signal<View>({ name: "home" });
  const hidden = signal(false);
  const trouble = signal("");
  const spoken = speaker("en", english);
  const { bundles, language } = platform;
  const direction = (tag: string): "ltr" | "rtl" =>
    bundles.state.value.languages.find((l) => l.language === tag)?.direction ?? (/^(ar|dv|ur)\b/.test(tag) ? "rtl" : "ltr");
  const say = computed(() => {
    void bundles.state.value; // texts may have come meanwhile
    const messages = bundles.interface(language.value);
    return messages ? speaker(language.value, messages, spokenOf(bundles.interface("en"))) : spokenOf(bundles.interface("en"));
  });
  function spokenOf(messages: ReturnType<typeof bundles.interface>): Say {
    return messages ? speaker("en", messages, spoken) : spoken;
  }

  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dir = direction(language.value);
    document.title = hidden.value ? say.value("hidden.title") : "Waymark";
  });
  addEventListener("popstate", () => (view.value = { name: "home" }));

  return {
    platform,
    view,
    go(to) {
      if (view.value.name === "home" && to.name !== "home") history.pushState(null, "");
      view.value = to;
      trouble.value = "";
      scrollTo(0, 0);
    },
    hidden,
    hide() {
      platform.lock();
      hidden.value = true;
    },
    unhide: () => (hidden.value = false),
    say,
    tell(tag) {
      const messages = bundles.interview(tag)?.messages;
      return messages ? speaker(tag, messages as Parameters<typeof speaker>[1], spoken) : spoken;
    },
    read(instrument) {
      const texts = bundles.interview(language.value) ?? bundles.interview("en");
      return texts ? reader(instrument, texts, { variant: "", officer: "" }) : () => undefined;
    },
    direction,
    trouble,
    async attempt(work) {
      trouble.value = "";
      try {
        await work();
        return true;
      } catch (error) {
        trouble.value = told(error, say.value);
        return false;
      }
    },
  };
}

/** Tells an error to the officer: the server's own words where there are some. */
export function told(error: unknown, say: Say): string {
  if (error instanceof ProblemError) {
    const { title, detail, errors } = error.problem;
    return [title, detail, ...(errors ?? []).map((e) => e.detail)].filter(Boolean).join(". ").replaceAll("..", ".");
  }
  if (error instanceof OfflineError) return say("error.offline");
  return say(error instanceof RefusedError ? refused[error.reason] : "error.unexpected");
}

/** What the platform itself refuses, in words. */
const refused: Readonly<Record<Refusal, string>> = {
  wrong: "signin.wrong",
  locked: "error.expired",
  not_yours: "error.draft_gone",
  lease_over: "home.lease_over",
  not_active: "error.expired",
  no_draft: "error.draft_gone",
  no_intake_key: "error.no_intake_key",
  wrong_bundle: "error.no_intake_key",
  storage: "error.storage",
};
