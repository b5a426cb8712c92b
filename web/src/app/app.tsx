// The root: who may see what comes first, then where the officer went.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Platform } from "../platform/types.ts";
import { Interview, type Finished } from "./interview/controller.ts";
import type { Draft } from "./interview/draft.ts";
import { Entry, Paper } from "./paper/paper.tsx";
import { codeInAddress, Enrol, Pending, Revoked, SignIn } from "./screens/access.tsx";
import { ConsoleScreen } from "./screens/console.tsx";
import { Delivery } from "./screens/delivery.tsx";
import { Hidden } from "./screens/hidden.tsx";
import { Home, Waiting } from "./screens/home.tsx";
import { InterviewScreen } from "./screens/interview.tsx";
import { Languages } from "./screens/languages.tsx";
import { Setup } from "./screens/setup.tsx";
import { share, type Shared } from "./state.ts";
import { Button, Confirm } from "./ui/kit.tsx";
import { useIdle } from "./ui/idle.ts";

/** Roles whose work is in the console. */
const CONSOLE = new Set(["supervisor", "administrator", "auditor", "analyst"]);

export function App({ platform }: { readonly platform: Platform }): JSX.Element {
  const shared = useMemo(() => share(platform), [platform]);
  const code = useMemo(codeInAddress, []);
  const [asConsole, setAsConsole] = useState(false);
  const standing = platform.standing.value;
  const session = platform.session.value;
  useIdle(shared);
  useReady(shared);

  if (shared.hidden.value) return <Hidden shared={shared} />;
  if (session) return <Inside shared={shared} />;
  if (standing.kind === "revoked") return <Frame shared={shared}><Revoked shared={shared} /></Frame>;
  if (standing.kind === "pending" && !asConsole) {
    return <Frame shared={shared}><Pending shared={shared} onConsole={() => setAsConsole(true)} /></Frame>;
  }
  if (standing.kind === "browser" && !asConsole) {
    return <Frame shared={shared}><Enrol shared={shared} code={code} onConsole={() => setAsConsole(true)} /></Frame>;
  }
  return (
    <Frame shared={shared}>
      <SignIn
        shared={shared}
        locked={platform.drafts<Draft>().open.value !== undefined}
        {...(standing.kind === "active" ? {} : { onTablet: () => setAsConsole(false) })}
      />
    </Frame>
  );
}

/** Fetches what a tablet cannot work without as soon as somebody is there. */
function useReady(shared: Shared): void {
  const { platform } = shared;
  const active = platform.standing.value.kind === "active" && platform.session.value !== undefined;
  const { ready } = platform.bundles.state.value;
  const tried = useRef(false);
  useEffect(() => {
    if (!active || ready || tried.current || CONSOLE.has(platform.session.value?.role ?? "")) return;
    tried.current = true;
    void shared.attempt(() => platform.bundles.sync([...new Set(["en", platform.language.value])]));
  }, [active, ready]);
}

/** What is seen by somebody who has signed in. */
function Inside({ shared }: { readonly shared: Shared }): JSX.Element {
  const { platform } = shared;
  const role = platform.session.value?.role ?? "";
  const [interview, setInterview] = useState<Interview>();
  const [earlier, setEarlier] = useState<Finished["earlier"]>();
  const [paperDay, setPaperDay] = useState<string>();
  const view = shared.view.value;
  const held = interview?.draft.value;

  const hold = (draft: Draft): Interview | undefined => {
    const all = platform.bundles.instruments();
    const instrument = all.find((i) => i.ref === draft.instrument);
    return instrument && new Interview(draft, instrument, platform.drafts<Draft>(), all);
  };
  const begin = async (draft: Draft): Promise<void> => {
    const begun = hold(draft);
    if (!begun) return;
    await begun.save();
    setInterview(begun);
    setEarlier(undefined);
    setPaperDay(undefined);
    shared.go({ name: "interview" });
  };
  // A draft that was left open comes back where it was. Whoever unlocks takes
  // the tablet back from a person who was alone with it.
  useEffect(() => {
    if (CONSOLE.has(role)) return;
    void shared.attempt(async () => {
      const draft = platform.drafts<Draft>().open.value?.mine ? await platform.drafts<Draft>().load() : undefined;
      const resumed = draft && hold(draft);
      if (!resumed) return;
      if (draft.alone) await resumed.takeBack();
      setInterview(resumed);
      if (draft.alone || shared.view.value.name === "interview") shared.go({ name: "interview" });
    });
  }, []);

  if (CONSOLE.has(role)) return <Frame shared={shared} wide><ConsoleScreen shared={shared} /></Frame>;
  if (view.name === "interview" && interview) {
    return (
      <Frame shared={shared} {...(held?.alone ? { alone: held.language } : {})}>
        <InterviewScreen
          shared={shared}
          interview={interview}
          onDone={(then) => {
            setInterview(undefined);
            setEarlier(then?.earlier);
            shared.go(then ? { name: "setup", instrument: then.instrument } : { name: "home" });
          }}
        />
      </Frame>
    );
  }
  return (
    <Frame shared={shared}>
      {view.name === "setup" ? (
        <Setup
          key={view.instrument}
          shared={shared}
          instrument={view.instrument}
          onBegin={begin}
          {...(earlier ? { earlier } : {})}
          {...(view.paper && paperDay ? { paperDay } : {})}
        />
      ) : view.name === "languages" ? (
        <Languages shared={shared} />
      ) : view.name === "delivery" ? (
        <Delivery shared={shared} />
      ) : view.name === "paper" ? (
        <Paper shared={shared} />
      ) : view.name === "entry" ? (
        <Entry
          shared={shared}
          onForm={(instrument, day) => {
            setPaperDay(day);
            shared.go({ name: "setup", instrument, paper: true });
          }}
        />
      ) : (
        <Home shared={shared} />
      )}
    </Frame>
  );
}

/** What is around every screen. Alone with the tablet, a person can only hide it. */
function Frame(props: {
  readonly shared: Shared;
  readonly children: JSX.Element;
  /** The language of a person who is alone with the tablet. */
  readonly alone?: string;
  readonly wide?: boolean;
}): JSX.Element {
  const { shared } = props;
  const say = shared.say.value;
  const { session, health } = shared.platform;
  const inside = session.value !== undefined;
  const [asking, setAsking] = useState(false);
  const draft = shared.platform.drafts<Draft>().open.value;
  const signOut = (): void => {
    setAsking(false);
    void shared.attempt(() => shared.platform.signOut()).then(() => shared.go({ name: "home" }));
  };
  return (
    <div class={props.wide ? "frame wide" : "frame"}>
      <a class="skip noprint" href="#content" onClick={(e) => focusContent(e)}>
        {say("common.skip_link")}
      </a>
      <header class="bar noprint">
        <span class="brand">Waymark</span>
        {health.value.online ? null : <span class="offline">{say("network.offline")}</span>}
        <span class="gap" />
        {session.value && !props.alone ? <span class="who">{say(`role_name.${session.value.role}`)}</span> : null}
        {inside && !props.alone && !props.wide ? <Waiting shared={shared} /> : null}
        {inside && !props.alone ? (
          <>
            <Button id="lock" kind="quiet" onClick={() => shared.platform.lock()}>
              {say("home.lock")}
            </Button>
            <Button id="sign-out" kind="quiet" onClick={() => (draft?.mine ? setAsking(true) : signOut())}>
              {say("home.sign_out")}
            </Button>
          </>
        ) : null}
        <Button id="hide" kind="quiet" onClick={() => shared.hide()} label={props.alone ? shared.tell(props.alone)("person.hide") : say("home.hide")}>
          ✕
        </Button>
      </header>
      {props.children}
      <Confirm
        open={asking}
        text={say("home.discard.confirm")}
        yes={say("home.sign_out")}
        no={say("common.cancel")}
        onYes={signOut}
        onNo={() => setAsking(false)}
      />
    </div>
  );
}

/** A link inside the page would change the address; the focus alone is moved. */
function focusContent(e: Event): void {
  e.preventDefault();
  const content = document.getElementById("content");
  content?.setAttribute("tabindex", "-1");
  content?.focus();
}
