// Forms for the day the tablet fails, and entering them afterwards under the
// version that was printed.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { protocolOf, type Item } from "../interview/flow.ts";
import type { LoadedInstrument } from "../../platform/types.ts";
import type { Shared } from "../state.ts";
import { reader, type Read } from "../text.ts";
import { Button, Field, Heading, In, Select } from "../ui/kit.tsx";
import { isoDay } from "../ui/time.ts";
import { codeOf, formOf, type Form } from "./code.ts";

/** The forms that can be printed and entered here. */
function forms({ platform }: Shared): Form[] {
  const { bundles } = platform;
  const languages = bundles.state.value.languages.filter((l) => bundles.interview(l.language));
  return bundles
    .instruments()
    .filter((i) => i.selfTest === "passed")
    .flatMap((i) => languages.map((l) => ({ instrument: i.ref, language: l.language })));
}

export function Paper({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const { bundles } = shared.platform;
  const all = forms(shared);
  const [instrument, setInstrument] = useState(all[0]?.instrument ?? "");
  const [language, setLanguage] = useState(shared.platform.language.value);
  const loaded = bundles.instruments().find((i) => i.ref === instrument);
  const tag = all.some((f) => f.language === language) ? language : "en";
  return (
    <main id="content">
      <div class="noprint">
        <Heading>{say("paper.title")}</Heading>
        <p>{say("paper.text")}</p>
        <div class="columns">
          <Select
            label={say("paper.questionnaire")}
            value={instrument}
            onChange={setInstrument}
            options={bundles.instruments().map((i) => ({ value: i.ref, text: shared.read(i)("title") ?? i.ref }))}
          />
          <Select
            label={say("common.language")}
            value={tag}
            onChange={setLanguage}
            options={bundles.state.value.languages
              .filter((l) => bundles.interview(l.language))
              .map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
          />
        </div>
      </div>
      {loaded ? <Sheet shared={shared} instrument={loaded} language={tag} /> : null}
      <nav class="row bottom noprint">
        <Button onClick={() => shared.go({ name: "home" })}>{say("common.back")}</Button>
        <Button kind="main" onClick={() => print()}>
          {say("common.print")}
        </Button>
      </nav>
    </main>
  );
}

/** One questionnaire as it is printed: the person's language, and the officer's small beside it. */
function Sheet({ shared, instrument, language }: { readonly shared: Shared; readonly instrument: LoadedInstrument; readonly language: string }): JSX.Element {
  const say = shared.say.value;
  const own = shared.platform.language.value;
  const { bundles } = shared.platform;
  const read = (tag: string): Read => {
    const texts = bundles.interview(tag) ?? bundles.interview("en");
    return texts ? reader(instrument, texts, { variant: "", officer: "" }) : () => undefined;
  };
  const theirs = read(language);
  const ours = language === own ? undefined : read(own);
  const officer = { lang: own, dir: shared.direction(own) };
  const protocol = protocolOf(instrument);
  const section = (items: readonly Item[], prefix: "items" | "protocol"): JSX.Element[] =>
    items.map((it) => <PaperItem key={it.id} shared={shared} item={it} prefix={prefix} theirs={theirs} ours={ours} />);
  return (
    <article class="sheet" lang={language} dir={shared.direction(language)}>
      <header>
        <h1>{theirs("title")}</h1>
        <p {...officer}>
          {say("paper.code")}:{" "}
          <b id="form-code" dir="ltr">
            {codeOf({ instrument: instrument.ref, language })}
          </b>
        </p>
        <p {...officer}>
          {say("paper.day")}: ____________ {say("paper.no_name")}
        </p>
      </header>
      {section(protocol?.opening ?? [], "protocol")}
      {section(instrument.questionnaire.items, "items")}
      {section(protocol?.closing ?? [], "protocol")}
      <p>{theirs("validation")}</p>
    </article>
  );
}

/** A question in two languages; an item of the officer's own in theirs alone. */
function PaperItem(props: {
  readonly shared: Shared;
  readonly item: Item;
  readonly prefix: "items" | "protocol";
  readonly theirs: Read;
  readonly ours: Read | undefined;
}): JSX.Element {
  const { shared, item, prefix } = props;
  const own = shared.platform.language.value;
  const officer = { lang: own, dir: shared.direction(own) };
  const key = `${prefix}.${item.id}`;
  const alone = prefix === "protocol" && props.ours !== undefined;
  const read = alone ? props.ours! : props.theirs;
  const small = (k: string): JSX.Element | null => {
    const text = alone ? undefined : props.ours?.(k);
    return text ? <small {...officer}>{text}</small> : null;
  };
  return (
    <section class="paper-item" {...(alone ? officer : {})}>
      <p>
        <b>{item.id}</b> {read(`${key}.text`)} <i {...officer}>({shared.say.value(item.type === "many" ? "paper.many" : "paper.one")})</i>{" "}
        {small(`${key}.text`)}
      </p>
      <ul>
        {item.options.map((o) => (
          <li key={o.code}>
            ☐ {read(`${key}.options.${o.code}`)}
            {o.accepts ? " ____________" : ""} {small(`${key}.options.${o.code}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Finds the form by its code, so that what was ticked is entered under the wording that was read. */
export function Entry({ shared, onForm }: { readonly shared: Shared; readonly onForm: (instrument: string, day: string) => void }): JSX.Element {
  const say = shared.say.value;
  const today = isoDay(shared.platform.now());
  const [code, setCode] = useState("");
  const [day, setDay] = useState(today);
  const [tried, setTried] = useState(false);
  const form = formOf(code, forms(shared));
  return (
    <main id="content" class="narrow">
      <Heading>{say("paper.entry.title")}</Heading>
      <p class="lead">{say("paper.entry.text")}</p>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          setTried(true);
          if (form && day !== "" && day <= today) onForm(form.instrument, day);
        }}
      >
        <Field label={say("paper.code")} value={code} onInput={setCode} ltr required />
        {tried && !form ? (
          <p class="trouble" role="alert">
            {say("paper.entry.unknown")}
          </p>
        ) : null}
        <Field type="date" label={say("paper.entry.day")} value={day} onInput={setDay} max={today} required />
        {day > today ? (
          <p class="trouble" role="alert">
            {say("paper.entry.future")}
          </p>
        ) : null}
        {form ? (
          <p class="hint">
            <In lang="en" dir="ltr">
              {form.instrument}
            </In>
          </p>
        ) : null}
        <div class="row bottom">
          <Button onClick={() => shared.go({ name: "home" })}>{say("common.back")}</Button>
          <Button id="enter-form" type="submit" kind="main" disabled={code.trim() === ""}>
            {say("common.continue")}
          </Button>
        </div>
      </form>
    </main>
  );
}
