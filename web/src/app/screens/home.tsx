// Where an officer begins: an interview, what waits to be delivered, and how
// the tablet is.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Draft } from "../interview/draft.ts";
import type { Shared } from "../state.ts";
import { Button, Confirm, Heading, Trouble } from "../ui/kit.tsx";
import { time } from "../ui/time.ts";

/** Who holds which questionnaire. A case worker holds all; an officer at the border the triage, and the child's. */
const FOR_OFFICER = new Set(["triage-border", "child-module", "screen-fc"]);

export function Home({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const { platform } = shared;
  const language = platform.language.value;
  const standing = platform.standing.value;
  const leaseOver = standing.kind !== "browser" && standing.leaseOver;
  const draft = platform.drafts<Draft>().open.value;
  const state = platform.bundles.state.value;
  const [asking, setAsking] = useState(false);
  const [reaching, setReaching] = useState(false);
  const instruments = platform.bundles
    .instruments()
    .filter((i) => platform.session.value?.role !== "officer" || FOR_OFFICER.has(i.questionnaire.id));
  const order = ["triage-border", "screen-fc", "ngo-wellbeing", "child-module"];
  instruments.sort((a, b) => order.indexOf(a.questionnaire.id) - order.indexOf(b.questionnaire.id));
  const reach = (): void => {
    setReaching(true);
    void shared.attempt(() => platform.contact()).finally(() => setReaching(false));
  };
  return (
    <main id="content">
      <Heading>{say("home.title")}</Heading>
      <Trouble text={shared.trouble.value} />
      {leaseOver ? (
        <section class="aside strong">
          <p>{say("home.lease_over")}</p>
          <Button kind="main" disabled={reaching} onClick={reach}>
            {say(reaching ? "common.loading" : "home.contact")}
          </Button>
        </section>
      ) : null}
      {draft ? (
        <section class="draft">
          {draft.mine ? (
            <>
              <Button id="resume" kind="main" onClick={() => shared.go({ name: "interview" })}>
                {say("home.resume")}
              </Button>
              <p class="hint">{say("home.kept_until", { Time: time(draft.expires, language) })}</p>
              <Button kind="quiet" onClick={() => setAsking(true)}>
                {say("home.discard")}
              </Button>
            </>
          ) : (
            <p class="aside">{say("home.somebody_else", { Time: time(draft.expires, language) })}</p>
          )}
        </section>
      ) : null}
      {!state.ready ? (
        <section class="aside strong">
          <p>{say("home.nothing_yet")}</p>
          <Button id="fetch" kind="main" onClick={() => shared.go({ name: "languages" })}>
            {say("home.fetch")}
          </Button>
        </section>
      ) : null}
      {state.ready && !leaseOver ? <p class="hint">✓ {say("home.ready_offline")}</p> : null}
      <div class="tiles">
        {instruments.map((i) => {
          const title = shared.read(i)("title");
          return i.selfTest === "passed" ? (
            <button
              key={i.ref}
              type="button"
              class="tile"
              disabled={leaseOver || draft !== undefined || !state.ready}
              data-instrument={i.questionnaire.id}
              onClick={() => shared.go({ name: "setup", instrument: i.ref })}
            >
              <b>{title}</b>
              <small>{say("home.minutes", { Count: i.questionnaire.minutes })}</small>
            </button>
          ) : (
            <p key={i.ref} class="aside strong">
              {title}: {say("home.self_test")}
            </p>
          );
        })}
      </div>
      <div class="links">
        <Button id="delivery" onClick={() => shared.go({ name: "delivery" })}>
          {say("home.delivery")} <Waiting shared={shared} />
        </Button>
        <Button id="languages" onClick={() => shared.go({ name: "languages" })}>
          {say("home.languages")}
        </Button>
        <Button id="paper" onClick={() => shared.go({ name: "paper" })}>
          {say("home.paper")}
        </Button>
        <Button id="from-paper" disabled={leaseOver || draft !== undefined} onClick={() => shared.go({ name: "entry" })}>
          {say("home.from_paper")}
        </Button>
      </div>
      <Confirm
        open={asking}
        text={say("home.discard.confirm")}
        yes={say("home.discard")}
        no={say("common.cancel")}
        onYes={() => {
          setAsking(false);
          void shared.attempt(() => platform.drafts<Draft>().discard());
        }}
        onNo={() => setAsking(false)}
      />
    </main>
  );
}

/** How many finished interviews wait, for the button and the bar. */
export function Waiting({ shared }: { readonly shared: Shared }): JSX.Element | null {
  const { waiting, rejected } = shared.platform.outbox.state.value;
  const n = waiting + rejected.length;
  return n > 0 ? <span class="badge">{n}</span> : null;
}
