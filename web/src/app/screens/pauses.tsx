// What comes between two questions: an urgent need, an offer to stop, a pause,
// and leaving the person alone with the tablet.

import type { JSX } from "preact";

import type { Interview } from "../interview/controller.ts";
import type { Shared } from "../state.ts";
import { Both, type Wordings } from "../ui/both.tsx";
import { Button, Heading, In } from "../ui/kit.tsx";
import { voiceFor } from "../ui/readaloud.tsx";

interface Props {
  readonly shared: Shared;
  readonly interview: Interview;
}

/** A need goes before everything else, whatever the questions say. */
export function Urgent({ shared, interview }: Props): JSX.Element {
  const say = shared.say.value;
  return (
    <main id="content" class="urgent">
      <Heading>{say("urgent.title")}</Heading>
      <ul class="needs">
        {interview.urgent.value.map((code) => (
          <li key={code}>
            <h2>{say(`urgent.${code}.title`)}</h2>
            <p>{say(`urgent.${code}.action`)}</p>
          </li>
        ))}
      </ul>
      <p class="hint">{say("urgent.text")}</p>
      <nav class="row bottom">
        <Button
          kind="quiet"
          onClick={() => {
            void interview.seen().then(() => interview.finishQuestions());
          }}
        >
          {say("urgent.stop")}
        </Button>
        <Button id="seen" kind="main" onClick={() => void interview.seen()}>
          {say("urgent.go_on")}
        </Button>
      </nav>
    </main>
  );
}

/** Offers to stop: when nothing more can change, after a while, or on a wish. */
export function Stop({ shared, interview, because }: Props & { readonly because: "settled" | "section" | "stop" }): JSX.Element {
  const say = shared.say.value;
  const { phase } = interview.draft.value;
  return (
    <main id="content">
      <Heading>{say(because === "stop" ? "stop.title" : `stop.${because}.title`)}</Heading>
      {because === "stop" ? null : <p class="lead">{say(`stop.${because}.text`)}</p>}
      <div class="stack">
        <Button id="go-on" kind={because === "settled" ? "plain" : "main"} onClick={() => void interview.goOnAsking()}>
          {say("stop.go_on")}
        </Button>
        <Button id="pause" onClick={() => void interview.save().then(() => shared.platform.lock())}>
          {say("stop.pause")}
        </Button>
        {phase === "questions" ? (
          <>
            <Button id="finish" kind={because === "settled" ? "main" : "plain"} onClick={() => void interview.finishQuestions()}>
              {say("stop.finish")}
            </Button>
            <Button id="hand-over" onClick={() => interview.show("hand_over")}>
              {say("question.hand_over")}
            </Button>
          </>
        ) : null}
        <Button kind="quiet" onClick={() => shared.go({ name: "home" })}>
          {say("home.title")}
        </Button>
      </div>
    </main>
  );
}

/** Explains to the officer what handing over means, before it happens. */
export function HandOver({ shared, interview }: Props): JSX.Element {
  const say = shared.say.value;
  const voice = voiceFor(interview.draft.value.language);
  return (
    <main id="content">
      <Heading>{say("handover.title")}</Heading>
      <p class="lead">{say("handover.text")}</p>
      <p class="hint">{say(voice ? "handover.voice" : "handover.no_voice")}</p>
      <nav class="row bottom">
        <Button onClick={() => interview.show(undefined)}>{say("common.back")}</Button>
        <Button id="hand-it-over" kind="main" onClick={() => void interview.handOver()}>
          {say("handover.start")}
        </Button>
      </nav>
    </main>
  );
}

/** What the person reads before the first question they answer alone. */
export function Greeting({ interview, wordings }: { readonly interview: Interview; readonly wordings: Wordings }): JSX.Element {
  return (
    <main id="content" class="returned">
      <Both as="h1" class="ask" wordings={wordings} of={() => undefined} said={["person.handover.title", "person.handover.title"]} alone />
      <Both as="p" class="lead" wordings={wordings} of={() => undefined} said={["person.handover.text", "person.handover.text"]} alone />
      <nav class="row bottom">
        <Button id="greeted" kind="main" onClick={() => void interview.greet()}>
          <Both as="span" wordings={wordings} of={() => undefined} said={["person.handover.begin", "person.handover.begin"]} alone />
        </Button>
      </nav>
    </main>
  );
}

/** What the person sees when there is nothing more to answer alone. */
export function Returned({ shared, interview, wordings }: Props & { readonly wordings: Wordings }): JSX.Element {
  const { person } = wordings;
  const own = shared.platform.language.value;
  return (
    <main id="content" class="returned" lang={person.tag} dir={person.dir}>
      <Both as="h1" class="ask" wordings={wordings} of={() => undefined} said={["person.handover.finished", "person.handover.finished"]} alone heads />
      <nav class="row bottom">
        {interview.canGoBack ? (
          <Button onClick={() => void interview.back()}>{wordings.tell("person.back")}</Button>
        ) : null}
        <Button id="take-back" kind="quiet" onClick={() => void interview.save().then(() => shared.platform.lock())}>
          <In lang={own} dir={shared.direction(own)}>
            {shared.say.value("handover.return")}
          </In>
        </Button>
      </nav>
    </main>
  );
}
