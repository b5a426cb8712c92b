// Which languages this tablet holds. Each says how far its texts are; none
// pretends to have been checked.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../state.ts";
import { Button, Check, Heading, Select, Trouble } from "../ui/kit.tsx";

export function Languages({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const { bundles, language } = shared.platform;
  const state = bundles.state.value;
  const [chosen, setChosen] = useState<readonly string[]>(state.have.length > 0 ? state.have : ["en", language.value]);
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const fetch = (): void => {
    setProgress({ done: 0, of: 1 });
    const work = bundles.sync(chosen, (done, of) => setProgress({ done, of }));
    void shared.attempt(() => work).finally(() => setProgress(undefined));
  };
  const own = state.languages.filter((l) => bundles.interface(l.language));
  return (
    <main id="content">
      <Heading>{say("languages.title")}</Heading>
      <Trouble text={shared.trouble.value} />
      {own.length > 0 ? (
        <Select
          label={say("languages.officer")}
          value={language.value}
          onChange={(tag) => (language.value = tag)}
          options={own.map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
        />
      ) : null}
      <p>{say("languages.text")}</p>
      {state.outdated ? <p class="aside">{say("languages.outdated")}</p> : null}
      <div class="grid">
        {state.languages
          .filter((l) => l.interview !== "")
          .map((l) => (
            <Check
              key={l.language}
              name={`take-${l.language}`}
              label={
                <>
                  <span lang={l.language} dir={l.direction}>
                    {l.name}
                  </span>
                  {" · "}
                  {nameOf(l.language, l.english, language.value)}
                </>
              }
              note={
                <>
                  {state.have.includes(l.language) ? <small class="here">✓ {say("languages.here")}</small> : null}
                  <small>{say(`languages.status.${l.status}`)}</small>
                </>
              }
              checked={l.language === "en" || chosen.includes(l.language)}
              onChange={(on) => setChosen(on ? [...chosen, l.language] : chosen.filter((t) => t !== l.language))}
            />
          ))}
      </div>
      {progress ? (
        <p role="status">
          <progress value={progress.done} max={progress.of} /> {say("languages.progress", { Done: progress.done, Of: progress.of })}
        </p>
      ) : null}
      <nav class="row bottom">
        <Button onClick={() => shared.go({ name: "home" })}>{say("common.back")}</Button>
        <Button id="take" kind="main" disabled={progress !== undefined} onClick={fetch}>
          {say(progress ? "common.loading" : "languages.take")}
        </Button>
      </nav>
    </main>
  );
}

/** What a language is called in the officer's own. */
function nameOf(tag: string, english: string, inLanguage: string): string {
  try {
    return new Intl.DisplayNames([inLanguage, "en"], { type: "language" }).of(tag) ?? english;
  } catch {
    return english;
  }
}
