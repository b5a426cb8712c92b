// One question a screen, in the person's language and beside it in the
// officer's. Alone with the tablet the person sees their own language only.

import { Fragment, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Interview } from "../interview/controller.ts";
import { tick } from "../interview/draft.ts";
import { itemOf, noticeFor, type Item } from "../interview/flow.ts";
import type { Shared } from "../state.ts";
import type { Read } from "../text.ts";
import { Button, Choices, In } from "../ui/kit.tsx";
import { Both, type Wordings } from "../ui/both.tsx";
import { CodeList } from "../ui/codelist.tsx";
import { Named } from "../ui/named.tsx";
import { ReadAloud } from "../ui/readaloud.tsx";

/** Options that say that none of the others fits. */
const NONE = new Set(["none", "no", "nobody", "nothing"]);

interface Props {
  readonly shared: Shared;
  readonly interview: Interview;
  readonly wordings: Wordings;
}

export function Question({ shared, interview, wordings }: Props): JSX.Element {
  const d = interview.draft.value;
  const item = itemOf(interview.instrument, d.at);
  if (!item) return <p />;
  const say = shared.say.value;
  const tell = shared.tell(d.language);
  const left = interview.left.value;
  const notice = noticeFor(interview.instrument, d, item.id);
  const section = item.section && wordings.read(`sections.${item.section}`);
  const why = interview.why(item.id);
  const unchecked = shared.platform.bundles.state.value.languages.some((l) => l.language === d.language && l.status === "draft");
  const { person } = wordings;
  return (
    <main id="content" class="question" key={item.id} {...(d.alone ? { lang: person.tag, dir: person.dir } : {})}>
      <header class="progress">
        <In lang={person.tag} dir={person.dir}>
          {section}
        </In>
        {left === undefined || d.alone ? null : <span class="left">{say("question.left", { Count: left })}</span>}
        {unchecked && !d.alone ? <span class="left">{say("question.draft_text")}</span> : null}
        {d.alone ? (
          <Button id="enough" kind="quiet" onClick={() => void interview.enough()}>
            {tell("person.stop")}
          </Button>
        ) : (
          <Button id="stop" kind="quiet" onClick={() => interview.show("stop")}>
            {say("question.stop")}
          </Button>
        )}
      </header>
      {notice ? <Both class="notice" wordings={wordings} of={(read) => read(`notices.${notice}`)} alone={d.alone} /> : null}
      <Ask wordings={wordings} item={item} alone={d.alone} />
      <ReadAloud shared={shared} language={d.language} lines={spoken(wordings.read, item)} tell={d.alone ? tell : shared.tell(shared.platform.language.value)} />
      {d.alone ? null : (
        <div class="asides">
          {d.toConfirm.includes(item.id) ? <p class="aside">{say("question.prefilled")}</p> : null}
          {item.guidance ? (
            <p class="aside">
              <b>{say("question.guidance")}</b> {wordings.officer(`items.${item.id}.guidance`)}
            </p>
          ) : null}
          {why === "record" ? <p class="hint">{say("ask.record")}</p> : null}
        </div>
      )}
      <Answer shared={shared} interview={interview} wordings={wordings} item={item} />
    </main>
  );
}

const spoken = (read: Read, item: Item): string[] =>
  [read(`items.${item.id}.text`), ...item.options.map((o) => read(`items.${item.id}.options.${o.code}`))].filter((t) => t !== undefined);

function Ask({ wordings, item, alone }: { readonly wordings: Wordings; readonly item: Item; readonly alone: boolean }): JSX.Element {
  return <Both as="h1" class="ask" wordings={wordings} of={(read) => read(`items.${item.id}.text`)} alone={alone} heads />;
}

function Answer({ shared, interview, wordings, item }: Props & { readonly item: Item }): JSX.Element {
  const d = interview.draft.value;
  const say = shared.say.value;
  const tell = shared.tell(d.language);
  const talk = d.alone ? tell : say;
  const many = item.type === "many";
  const reply = interview.replied(item.id);
  const chosen = Array.isArray(reply) ? (reply as readonly string[]) : [];
  const missing = typeof reply === "string" ? reply : undefined;
  const [picking, setPicking] = useState<string>();
  useEffect(() => setPicking(undefined), [item.id]);
  const lists = new Map(item.options.flatMap((o) => (o.accepts ? [[o.code, o.accepts] as const] : [])));
  const own = (code: string): string | undefined => item.options.find((o) => o.code === code)?.code;
  const listed = chosen.filter((code) => own(code) === undefined);

  const pick = (code: string): void => {
    if (lists.has(code) && !chosen.includes(code)) {
      setPicking(code);
      if (listed.length === 0) return;
    }
    void interview.answer(item.id, tick(chosen, code, many, NONE));
  };
  const pickListed = (code: string): void => {
    const others = chosen.filter((c) => own(c) !== undefined && !NONE.has(c));
    const next = many ? (listed.includes(code) ? listed.filter((c) => c !== code) : [...listed, code]) : [code];
    void interview.answer(item.id, many ? [...others, ...next] : next);
    if (!many) setPicking(undefined);
  };
  const set = (to: "declined" | "unknown"): void => void interview.answer(item.id, missing === to ? undefined : to);
  const label = (d.alone ? wordings.read : wordings.officer)(`items.${item.id}.text`) ?? item.id;

  return (
    <>
      {many ? <Both class="hint" wordings={wordings} of={() => undefined} said={["person.many", "question.many"]} alone={d.alone} /> : null}
      <Choices
        label={label}
        hideLabel
        name={item.id}
        many={many}
        chosen={listed.length > 0 ? [...chosen, ...lists.keys()] : chosen}
        onPick={pick}
        options={item.options.map((o) => ({
          value: o.code,
          text: (
            <>
              <Both as="span" wordings={wordings} of={(read) => read(`items.${item.id}.options.${o.code}`)} alone={d.alone} />
              {o.accepts && listed.length > 0 ? <CodeNames list={o.accepts} codes={listed} language={d.alone ? d.language : shared.platform.language.value} /> : null}
            </>
          ),
        }))}
      />
      {picking && lists.has(picking) ? (
        <CodeList
          list={lists.get(picking)!}
          program={interview.instrument.program}
          language={d.alone ? d.language : shared.platform.language.value}
          label={d.alone ? tell("person.search") : say("common.search")}
          chosen={listed}
          onPick={pickListed}
        />
      ) : null}
      <div class="row replies">
        <Button kind={missing === "declined" ? "main" : "plain"} onClick={() => set("declined")}>
          <Both as="span" wordings={wordings} of={() => undefined} said={["person.prefer_not", "question.declined"]} alone={d.alone} />
        </Button>
        <Button kind={missing === "unknown" ? "main" : "plain"} onClick={() => set("unknown")}>
          <Both as="span" wordings={wordings} of={() => undefined} said={["person.dont_know", "question.unknown"]} alone={d.alone} />
        </Button>
      </div>
      <nav class="row bottom" aria-label={talk(d.alone ? "person.next" : "question.next")}>
        <Button onClick={() => void interview.back()} disabled={d.alone && !interview.canGoBack}>
          {talk(d.alone ? "person.back" : "common.back")}
        </Button>
        {reply === undefined ? (
          <Button kind="quiet" onClick={() => void interview.later()}>
            {talk(d.alone ? "person.skip" : "question.skip")}
          </Button>
        ) : null}
        <Button id="next" kind="main" disabled={reply === undefined} onClick={() => void interview.next()}>
          {talk(d.alone ? "person.next" : "question.next")}
        </Button>
      </nav>
    </>
  );
}

/** What was chosen from a list, by its names. */
function CodeNames(props: { readonly list: string; readonly codes: readonly string[]; readonly language: string }): JSX.Element {
  return (
    <span class="listed">
      {props.codes.map((code, i) => (
        <Fragment key={code}>
          {i > 0 ? ", " : ""}
          <Named list={props.list} code={code} language={props.language} />
        </Fragment>
      ))}
    </span>
  );
}
