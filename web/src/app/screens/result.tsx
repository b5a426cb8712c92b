// The result in plain words: what to do, by when, and what was noted. There is
// no number, no colour other than the three of the triage, and no note on a
// role.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Finished, Interview } from "../interview/controller.ts";
import type { Shared } from "../state.ts";
import type { Wordings } from "../ui/both.tsx";
import { Country } from "../ui/country.tsx";
import { Button, Confirm, Heading } from "../ui/kit.tsx";
import { Card } from "./card.tsx";
import { mayKeep } from "./protocol.tsx";

/** The colours of a triage. Any other outcome has none. */
const COLOURS: Readonly<Record<string, string>> = { RED: "red", REFER: "amber", RE_ASK: "calm", NO_TRIGGER: "calm" };

interface Props {
  readonly shared: Shared;
  readonly interview: Interview;
  readonly wordings: Wordings;
  readonly onFinish: () => Promise<Finished>;
  readonly onDone: (then?: { readonly instrument: string; readonly earlier: Finished["earlier"] }) => void;
}

export function ResultScreen({ shared, interview, wordings, onFinish, onDone }: Props): JSX.Element {
  const say = shared.say.value;
  const r = interview.result();
  const [finished, setFinished] = useState<Finished>();
  const [card, setCard] = useState(false);
  const [asking, setAsking] = useState(false);
  const standing = shared.platform.standing.value;
  const country = standing.kind === "browser" ? undefined : shared.platform.bundles.jurisdiction(standing.device.country);

  const finish = (): void => {
    setAsking(false);
    void shared.attempt(async () => setFinished(await onFinish()));
  };
  if (card) return <Card shared={shared} language={wordings.person.tag} onClose={() => setCard(false)} />;
  if (finished) return <Done shared={shared} finished={finished} then={r.then} onCard={() => setCard(true)} onDone={onDone} />;
  return (
    <main id="content" class="result">
      <section class={`outcome ${COLOURS[r.outcome] ?? ""}`}>
        <p class="hint">{say("result.not_a_decision")}</p>
        <Heading>{say(`outcome.${r.outcome}.title`)}</Heading>
        <dl>
          <dt>{say("result.do")}</dt>
          <dd>{say(`outcome.${r.outcome}.action`)}</dd>
          <dt>{say("result.when")}</dt>
          <dd class="clock">{say(`clock.${r.clock}`)}</dd>
        </dl>
      </section>
      {r.urgent.length > 0 ? (
        <section class="urgent-list">
          <Heading level={2}>{say("result.urgent")}</Heading>
          {r.urgent.map((code) => (
            <p key={code}>
              <b>{say(`urgent.${code}.title`)}</b> {say(`urgent.${code}.action`)}
            </p>
          ))}
        </section>
      ) : null}
      {r.needs.length > 0 ? (
        <section>
          <Heading level={2}>{say("result.needs")}</Heading>
          <ul>
            {r.needs.map(({ need, urgency }) => (
              <li key={need}>
                {say(`need.${need}`)}: {say(`urgency.${urgency}`)}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <Heading level={2}>{say("result.reasons")}</Heading>
        {r.signs.length === 0 ? (
          <p>{say("result.no_reasons")}</p>
        ) : (
          <ul>
            {r.signs.map((code) => (
              <li key={code}>{say(`indicator.${code}.plain`)}</li>
            ))}
          </ul>
        )}
        {r.open ? <p class="aside">{say("result.open")}</p> : null}
      </section>
      {r.again.length > 0 ? (
        <section>
          <Heading level={2}>{say("result.ask_again")}</Heading>
          <ul>
            {r.again.map((pair) => (
              <li key={pair.join()}>{pair.map((id) => wordings.officer(`items.${id}.text`) ?? id).join(" – ")}</li>
            ))}
          </ul>
        </section>
      ) : null}
      {r.second.length > 0 ? (
        <section>
          <Heading level={2}>{say("result.second")}</Heading>
          <ul>
            {r.second.map((id) => (
              <li key={id}>{say(`second.${id}`)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      {country ? <Country say={say} language={shared.platform.language.value} pack={country} /> : null}
      <p class="hint">{wordings.officer("validation")}</p>
      <nav class="row bottom">
        <Button kind="quiet" onClick={() => void interview.back()}>
          {say("result.change")}
        </Button>
        <Button id="card" onClick={() => setCard(true)}>
          {say("result.card")}
        </Button>
        <Button id="seal" kind="main" onClick={() => setAsking(true)}>
          {say(mayKeep(interview) ? "result.seal" : "result.forget")}
        </Button>
      </nav>
      <Confirm
        open={asking}
        text={say(mayKeep(interview) ? "result.seal.text" : "result.forget.text")}
        yes={say(mayKeep(interview) ? "result.seal" : "result.forget")}
        no={say("common.back")}
        onYes={finish}
        onNo={() => setAsking(false)}
      />
    </main>
  );
}

function Done(props: {
  readonly shared: Shared;
  readonly finished: Finished;
  readonly then: readonly { readonly instrument: string; readonly ask: boolean }[];
  readonly onCard: () => void;
  readonly onDone: Props["onDone"];
}): JSX.Element {
  const { shared, finished } = props;
  const say = shared.say.value;
  const here = shared.platform.bundles.instruments();
  const offered = props.then.length > 0 ? props.then : [{ instrument: "screen-fc", ask: true }];
  const then = finished.earlier.instrument === "triage-border" || props.then.length > 0 ? offered : [];
  return (
    <main id="content">
      <Heading>{say(finished.kept ? "result.done.title" : "result.done.nothing")}</Heading>
      {finished.kept ? <p class="lead">{say("result.done.text")}</p> : null}
      <div class="stack">
        <Button id="done" kind="main" onClick={() => props.onDone()}>
          {say("home.title")}
        </Button>
        <Button onClick={props.onCard}>{say("result.card")}</Button>
        {then.flatMap(({ instrument, ask }) => {
          const found = here.find((i) => i.ref.startsWith(`${instrument}@`) && i.selfTest === "passed");
          if (!found) return [];
          return [
            <Button key={instrument} onClick={() => props.onDone({ instrument: found.ref, earlier: finished.earlier })}>
              {say("result.then")}: {shared.read(found)("title")}
              {ask ? <small>{say("result.then.ask")}</small> : null}
            </Button>,
          ];
        })}
      </div>
    </main>
  );
}
