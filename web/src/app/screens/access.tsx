// How a tablet and a person come in: enrolment, the wait for a supervisor, the
// sign-in and the lock.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { OfflineError, ProblemError, RefusedError } from "../../platform/types.ts";
import type { Shared } from "../state.ts";
import { Button, Check, Field, Heading, Trouble } from "../ui/kit.tsx";

/** How often a pending tablet asks whether it was confirmed. */
const ASK_EVERY = 5_000;

/** The enrolment code of the address, which is taken out of it at once. */
export function codeInAddress(): string {
  const code = /^#enrol=([0-9A-Za-z*~$=-]+)$/.exec(decodeURIComponent(location.hash))?.[1] ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  return code;
}

export function Enrol({ shared, code, onConsole }: { readonly shared: Shared; readonly code: string; readonly onConsole: () => void }): JSX.Element {
  const say = shared.say.value;
  const [typed, setTyped] = useState(code);
  const [busy, setBusy] = useState(false);
  const enrol = (): void => {
    setBusy(true);
    void shared.attempt(() => shared.platform.enrol(typed)).finally(() => setBusy(false));
  };
  return (
    <main id="content" class="narrow">
      <Heading>{say("enrol.title")}</Heading>
      <p class="lead">{say("enrol.text")}</p>
      <Trouble text={shared.trouble.value} />
      <form
        onSubmit={(e) => {
          e.preventDefault();
          enrol();
        }}
      >
        <Field label={say("enrol.code")} value={typed} onInput={setTyped} autocomplete="one-time-code" ltr required />
        <div class="row bottom">
          <Button kind="quiet" onClick={onConsole}>
            {say("enrol.console")}
          </Button>
          <Button id="enrol" type="submit" kind="main" disabled={busy || typed.trim() === ""}>
            {say(busy ? "common.loading" : "enrol.submit")}
          </Button>
        </div>
      </form>
    </main>
  );
}

export function Pending({ shared, onConsole }: { readonly shared: Shared; readonly onConsole: () => void }): JSX.Element {
  const say = shared.say.value;
  const standing = shared.platform.standing.value;
  useEffect(() => {
    const ask = setInterval(() => void shared.platform.contact().catch(() => undefined), ASK_EVERY);
    return () => clearInterval(ask);
  }, []);
  return (
    <main id="content" class="narrow">
      <Heading>{say("enrol.pending.title")}</Heading>
      <p class="lead">{say("enrol.pending.text")}</p>
      <Trouble text={shared.trouble.value} />
      <p class="hint">{say("enrol.fingerprint")}</p>
      <output class="fingerprint" dir="ltr">
        {standing.kind === "browser" ? "" : standing.device.fingerprint}
      </output>
      <div class="row bottom">
        <Button kind="quiet" onClick={onConsole}>
          {say("enrol.console")}
        </Button>
        <Button id="check" kind="main" onClick={() => void shared.attempt(() => shared.platform.contact())}>
          {say("enrol.check")}
        </Button>
      </div>
    </main>
  );
}

export function Revoked({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  return (
    <main id="content" class="narrow">
      <Heading>{say("enrol.revoked.title")}</Heading>
      <p class="lead">{say("enrol.revoked.text")}</p>
    </main>
  );
}

/** Wrong tries in a row, and until when the next one waits. A deterrent: the storage can be turned back. */
let tries = 0;

/** Signs in, or unlocks on a tablet where this person was before. */
export function SignIn({ shared, locked, onTablet }: { readonly shared: Shared; readonly locked: boolean; readonly onTablet?: () => void }): JSX.Element {
  const say = shared.say.value;
  const { platform } = shared;
  const standing = platform.standing.value;
  const [agency, setAgency] = useState(standing.kind === "browser" ? "" : standing.device.agency);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wait, setWait] = useState(0);
  const [known, setKnown] = useState(false);
  useEffect(() => void platform.knownHere().then(setKnown), []);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const tick = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(tick);
  }, [wait]);
  const offline = !platform.health.value.online;

  const enter = async (): Promise<void> => {
    setBusy(true);
    const ok = await shared.attempt(() => signInOrUnlock(shared, agency, name, password, known));
    setBusy(false);
    setPassword("");
    tries = ok ? 0 : tries + 1;
    if (tries > 2) setWait(Math.min(2 ** (tries - 2), 300));
  };
  return (
    <main id="content" class="narrow">
      <Heading>{say(locked ? "lock.title" : "signin.title")}</Heading>
      {locked ? <p class="lead">{say("lock.text")}</p> : null}
      {offline ? <p class="aside">{say(known ? "signin.offline" : "signin.first")}</p> : null}
      <Trouble text={wait > 0 ? say("signin.wait", { Count: wait }) : shared.trouble.value} />
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void enter();
        }}
      >
        {standing.kind === "browser" ? (
          <Field label={say("signin.agency")} value={agency} onInput={setAgency} autocomplete="organization" ltr required />
        ) : null}
        <Field label={say("signin.name")} value={name} onInput={setName} autocomplete="username" ltr required />
        <Field
          label={say("signin.password")}
          type={shown ? "text" : "password"}
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          ltr
          required
        />
        <Check label={say("signin.show")} checked={shown} onChange={setShown} />
        <div class="row bottom">
          {onTablet ? (
            <Button kind="quiet" onClick={onTablet}>
              {say("enrol.tablet")}
            </Button>
          ) : null}
          <Button id="sign-in" type="submit" kind="main" disabled={busy || wait > 0 || name === "" || password === ""}>
            {say(busy ? "common.loading" : locked ? "lock.unlock" : "signin.submit")}
          </Button>
        </div>
      </form>
    </main>
  );
}

/**
 * Unlocks from what is kept on the tablet, which is quick and works without a
 * network; signs in at the server where that does not do.
 */
async function signInOrUnlock({ platform, say }: Shared, agency: string, name: string, password: string, known: boolean): Promise<void> {
  if (known) {
    try {
      await platform.unlock(name, password);
      return;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
    }
  }
  try {
    await platform.signIn(agency, name, password);
  } catch (error) {
    if (error instanceof OfflineError && known) throw wrong(say.value("signin.wrong"));
    throw error;
  }
}

/** What the server would say, in the words of the app. */
const wrong = (title: string): ProblemError =>
  new ProblemError({ type: "about:blank", code: "wrong_credentials", status: 401, title, detail: "", instance: "" });
