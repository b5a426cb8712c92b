// What the officer settles before the questions and notes after them. The two
// consents are read out or shown in the person's own words, one after the
// other, and neither depends on the other.

import type { JSX } from "preact";

import type { Interview } from "../interview/controller.ts";
import { tick } from "../interview/draft.ts";
import { consentOf, notYet, protocolOf, type Item } from "../interview/flow.ts";
import type { Shared } from "../state.ts";
import { Both, type Wordings } from "../ui/both.tsx";
import { Button, Choices, Heading, In } from "../ui/kit.tsx";
import { ReadAloud } from "../ui/readaloud.tsx";

interface Props {
  readonly shared: Shared;
  readonly interview: Interview;
  readonly wordings: Wordings;
}

/** The items that are consents, with what is said to the person. */
const CONSENTS: Readonly<Record<string, string>> = { P4: "person.consent.interview", P5: "person.consent.data" };

const NONE = new Set(["none", "no"]);

export function Opening({ shared, interview, wordings }: Props): JSX.Element {
  const say = shared.say.value;
  const d = interview.draft.value;
  const protocol = protocolOf(interview.instrument);
  const open = notYet(interview.instrument, d);
  const answered = (protocol?.opening ?? []).every((it) => interview.replied(it.id) !== undefined);
  const refused = d.answers["P4"]?.includes("no") ?? false;
  return (
    <main id="content">
      <Heading>{say("protocol.opening")}</Heading>
      {(protocol?.opening ?? []).map((it) => (
        <OfficerItem key={it.id} shared={shared} interview={interview} wordings={wordings} item={it} marked={answered && open.includes(it.id)} />
      ))}
      {refused ? <p class="aside strong">{say("consent.no_interview")}</p> : null}
      {d.answers["P5"]?.includes("no") ? <p class="aside strong">{say("consent.no_data")}</p> : null}
      {open.length > 0 && answered && !refused ? (
        <p class="trouble" role="status">
          {say("protocol.not_yet")}
        </p>
      ) : null}
      <nav class="row bottom">
        <Button kind="quiet" onClick={() => interview.show("stop")}>
          {say("question.stop")}
        </Button>
        {refused ? (
          <Button kind="main" onClick={() => void interview.showResult()}>
            {say("stop.finish")}
          </Button>
        ) : (
          <Button id="begin" kind="main" disabled={!answered || open.length > 0} onClick={() => void interview.beginQuestions()}>
            {say("common.continue")}
          </Button>
        )}
      </nav>
    </main>
  );
}

export function Closing({ shared, interview, wordings }: Props): JSX.Element {
  const say = shared.say.value;
  const protocol = protocolOf(interview.instrument);
  return (
    <main id="content">
      <Heading>{say("protocol.closing")}</Heading>
      {(protocol?.closing ?? []).map((it) => (
        <OfficerItem key={it.id} shared={shared} interview={interview} wordings={wordings} item={it} marked={false} />
      ))}
      <nav class="row bottom">
        <Button onClick={() => void interview.back()}>{say("common.back")}</Button>
        <Button id="show-result" kind="main" onClick={() => void interview.showResult()}>
          {say("result.title")}
        </Button>
      </nav>
    </main>
  );
}

/** One of the officer's own items, in the officer's language. */
function OfficerItem({ shared, interview, wordings: w, item, marked }: Props & { readonly item: Item; readonly marked: boolean }): JSX.Element {
  const say = shared.say.value;
  const many = item.type === "many";
  const reply = interview.replied(item.id);
  const chosen = Array.isArray(reply) ? (reply as readonly string[]) : [];
  const key = `protocol.${item.id}`;
  const consent = CONSENTS[item.id];
  const { language } = interview.draft.value;
  return (
    <section class={marked ? "officer-item marked" : "officer-item"} id={`item-${item.id}`}>
      {consent ? (
        <div class="script">
          <p class="hint">{say("protocol.read_out")}</p>
          <Both as="div" class="script-title" wordings={w} of={() => undefined} said={[`${consent}.title`, `${consent}.title`]} />
          <Both as="div" wordings={w} of={() => undefined} said={[`${consent}.text`, `${consent}.text`]} />
          <ReadAloud shared={shared} language={language} lines={[w.tell(`${consent}.title`), w.tell(`${consent}.text`)]} tell={shared.tell(w.own.tag)} />
        </div>
      ) : null}
      <p class="officer-ask">{w.officer(`${key}.text`)}</p>
      {item.guidance ? <p class="hint">{w.officer(`${key}.guidance`)}</p> : null}
      <Choices
        label={w.officer(`${key}.text`) ?? item.id}
        hideLabel
        name={item.id}
        many={many}
        chosen={chosen}
        onPick={(code) => void interview.answer(item.id, tick(chosen, code, many, NONE))}
        options={item.options.map((o) => ({
          value: o.code,
          text: consent ? (
            <Agreement wordings={w} agrees={o.code === "yes"} label={w.officer(`${key}.options.${o.code}`) ?? o.code} />
          ) : (
            (w.officer(`${key}.options.${o.code}`) ?? o.code)
          ),
        }))}
      />
    </section>
  );
}

/** A consent's answer in the person's own words, with what the officer notes. */
function Agreement({ wordings: w, agrees, label }: { readonly wordings: Wordings; readonly agrees: boolean; readonly label: string }): JSX.Element {
  return (
    <span class="both">
      <In lang={w.person.tag} dir={w.person.dir} class="theirs">
        {w.tell(agrees ? "person.consent.agree" : "person.consent.decline")}
      </In>
      <In lang={w.own.tag} dir={w.own.dir} class="ours">
        {label}
      </In>
    </span>
  );
}

/** Whether a record may be kept of this interview, for the screens that say so. */
export const mayKeep = (interview: Interview): boolean => consentOf(interview.draft.value).data;
