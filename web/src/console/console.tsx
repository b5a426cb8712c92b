// The supervisor's and the administrator's side of the app. Where somebody is
// in it stands in no address, and nothing that is read here is kept.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Heading, Select, Trouble } from "../app/ui/kit.tsx";
import { Devices } from "./devices.tsx";
import { Queue } from "./queue.tsx";
import { ReviewScreen } from "./review.tsx";
import { useTexts } from "./texts.ts";

type Tab = "reviews" | "devices";

/** What each role finds here. Who may do what is the server's to say. */
const TABS: Readonly<Record<string, readonly Tab[]>> = {
  supervisor: ["reviews", "devices"],
  administrator: ["devices"],
};

export function Console({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const texts = useTexts(shared);
  const role = shared.platform.session.value?.role ?? "";
  const tabs = TABS[role] ?? [];
  const [tab, setTab] = useState(tabs[0]);
  const [review, setReview] = useState<string>();
  useBack(review !== undefined, () => setReview(undefined));
  const go = (to: Tab): void => {
    setReview(undefined);
    setTab(to);
  };
  return (
    <main id="content" class="console">
      <div class="console-bar">
        {tabs.length > 1 ? (
          <nav class="tabs" aria-label={say("console.title")}>
            {tabs.map((t) => (
              <button key={t} id={`tab-${t}`} type="button" class="tab" aria-current={t === tab ? "page" : undefined} onClick={() => go(t)}>
                {say(`console.${t}`)}
              </button>
            ))}
          </nav>
        ) : null}
        <Language shared={shared} />
      </div>
      {texts.stand === "coming" ? (
        <p role="status">{say("common.loading")}</p>
      ) : texts.stand === "missing" ? (
        <Missing shared={shared} onAgain={texts.again} />
      ) : review !== undefined ? (
        <ReviewScreen key={review} shared={shared} id={review} onBack={() => history.back()} />
      ) : tab === "reviews" ? (
        <Queue shared={shared} onOpen={setReview} />
      ) : tab === "devices" ? (
        <Devices shared={shared} />
      ) : (
        <Nothing shared={shared} />
      )}
    </main>
  );
}

function Nothing({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  return (
    <>
      <Heading>{say("console.title")}</Heading>
      <Trouble text={shared.trouble.value} />
      <p class="lead">{say("console.nothing")}</p>
    </>
  );
}

/** Without its words the console shows nothing: a code is no word. */
function Missing({ shared, onAgain }: { readonly shared: Shared; readonly onAgain: () => void }): JSX.Element {
  const say = shared.say.value;
  return (
    <>
      <Heading>{say("console.title")}</Heading>
      <Trouble text={shared.trouble.value} />
      <Button kind="main" onClick={onAgain}>
        {say("common.retry")}
      </Button>
    </>
  );
}

/** The officer's own language: of those that have texts for officers. */
function Language({ shared }: { readonly shared: Shared }): JSX.Element | null {
  const { language, bundles } = shared.platform;
  const languages = bundles.state.value.languages.filter((l) => l.interface !== "");
  if (languages.length === 0) return null;
  return (
    <Select
      label={shared.say.value("languages.officer")}
      value={language.value}
      onChange={(tag) => (language.value = tag)}
      options={languages.map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
    />
  );
}

/** The browser's own way back leaves what is open, and not the app. */
function useBack(open: boolean, onBack: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    history.pushState(null, "");
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, [open]);
}
