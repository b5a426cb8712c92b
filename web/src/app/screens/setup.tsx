// What is chosen before an interview: languages, how the person is addressed,
// who helps.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { start } from "../interview/flow.ts";
import type { Draft, EarlierAnswers } from "../interview/draft.ts";
import type { Shared } from "../state.ts";
import type { Officer, Variant } from "../text.ts";
import { Button, Check, Choices, Field, Heading, Select, Trouble } from "../ui/kit.tsx";

interface Props {
  readonly shared: Shared;
  readonly instrument: string;
  readonly earlier?: EarlierAnswers;
  /** Set for an interview held on paper. */
  readonly paperDay?: string;
  readonly onBegin: (draft: Draft) => Promise<void>;
}

/** Kept from one interview to the next: it is the officer's, not the person's. */
let speakAs: Officer = "";

export function Setup({ shared, instrument: ref, earlier, paperDay, onBegin }: Props): JSX.Element {
  const say = shared.say.value;
  const { bundles, language: own } = shared.platform;
  const instrument = bundles.instruments().find((i) => i.ref === ref);
  const languages = bundles.state.value.languages.filter((l) => bundles.interview(l.language));
  const [language, setLanguage] = useState(own.value);
  const [officer, setOfficer] = useState<Officer>(speakAs);
  const child = instrument?.questionnaire.id === "child-module";
  const [address, setAddress] = useState<Variant>(child ? "child" : "");
  const [interpreter, setInterpreter] = useState(false);
  const [sector, setSector] = useState("");
  const [caseReference, setCaseReference] = useState("");
  const [carry, setCarry] = useState(true);
  const [busy, setBusy] = useState(false);
  if (!instrument) return <p />;
  const read = shared.read(instrument);
  const spoken = bundles.interview(language)?.words !== undefined;
  const status = languages.find((l) => l.language === language)?.status;
  const begin = (): void => {
    speakAs = officer;
    setBusy(true);
    const draft = start(instrument, {
      instrument: ref,
      sector,
      language,
      officer: spoken ? officer : "",
      address,
      interpreter,
      caseReference,
      ...(earlier && carry ? { earlier } : {}),
      ...(paperDay ? { paperDay } : {}),
    });
    void shared.attempt(() => onBegin(draft)).then((ok) => setBusy(ok));
  };
  return (
    <main id="content" class="setup">
      <Heading>{read("title")}</Heading>
      <p class="lead">{say("setup.title")}</p>
      <Trouble text={shared.trouble.value} />
      <div class="columns">
        <Select
          label={say("setup.person_language")}
          value={language}
          onChange={setLanguage}
          options={languages.map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
        />
        <Select
          label={say("setup.officer_language")}
          value={own.value}
          onChange={(tag) => (own.value = tag)}
          options={bundles.state.value.languages
            .filter((l) => bundles.interface(l.language))
            .map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
        />
      </div>
      {status === "draft" ? <p class="aside">{say("languages.status.draft")}</p> : null}
      <Choices
        label={say("setup.address")}
        name="address"
        chosen={[address]}
        onPick={(v) => setAddress(v as Variant)}
        options={(child ? (["child"] as const) : (["", "woman", "man", "other"] as const)).map((v) => ({
          value: v,
          text: say(`setup.address.${v || "neutral"}`),
        }))}
      />
      {spoken ? (
        <Choices
          label={say("setup.you_speak_as")}
          name="officer"
          chosen={[officer]}
          onPick={(v) => setOfficer(v as Officer)}
          options={(["", "woman", "man"] as const).map((v) => ({ value: v, text: say(`setup.speak.${v || "neutral"}`) }))}
        />
      ) : null}
      <Check label={say("setup.interpreter")} checked={interpreter} onChange={setInterpreter} />
      {earlier ? <Check label={say("setup.prefill")} checked={carry} onChange={setCarry} /> : null}
      {instrument.sectors.length > 0 ? (
        <Select
          label={say("setup.sector")}
          value={sector}
          onChange={setSector}
          options={[
            { value: "", text: say("setup.sector.general") },
            ...instrument.sectors.map((s) => ({ value: s.id, text: read(`sectors.${s.id}.title`) ?? s.id })),
          ]}
        />
      ) : null}
      {shared.platform.session.value?.role === "case_worker" ? (
        <Field
          label={say("setup.case_reference")}
          hint={say("setup.case_reference.hint")}
          value={caseReference}
          onInput={setCaseReference}
          ltr
        />
      ) : null}
      <nav class="row bottom">
        <Button onClick={() => shared.go({ name: "home" })}>{say("common.back")}</Button>
        <Button id="begin-interview" kind="main" disabled={busy} onClick={begin}>
          {say(busy ? "common.loading" : "setup.begin")}
        </Button>
      </nav>
    </main>
  );
}
