// What waits to be delivered, what came back, and how well the tablet keeps
// it. Nothing here tells one finished interview from another.

import type { JSX } from "preact";

import type { Shared } from "../state.ts";
import { Button, Heading, Trouble } from "../ui/kit.tsx";
import { day, moment } from "../ui/time.ts";

const MIB = 1 << 20;

export function Delivery({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const { outbox, health, language, updates } = shared.platform;
  const s = outbox.state.value;
  const h = health.value;
  const tag = language.value;
  return (
    <main id="content">
      <Heading>{say("outbox.title")}</Heading>
      <Trouble text={shared.trouble.value} />
      <section aria-live="polite">
        <p class="lead" id="waiting">
          {s.waiting === 0 ? say("outbox.none") : say("outbox.waiting", { Count: s.waiting })}
        </p>
        {s.waiting > 0 ? <p>{say("outbox.sealed")}</p> : null}
        {s.oldest ? <p class="hint">{say("outbox.oldest", { Date: day(s.oldest, tag) })}</p> : null}
        <p class="hint">{s.lastContact ? say("outbox.last", { Time: moment(s.lastContact, tag) }) : say("outbox.never")}</p>
        {s.nextTry && s.waiting > 0 ? <p class="hint">{say("outbox.next", { Time: moment(s.nextTry, tag) })}</p> : null}
        <Button id="send" kind="main" disabled={s.sending || s.waiting === 0} onClick={() => void outbox.push()}>
          {say(s.sending ? "outbox.sending" : "outbox.send")}
        </Button>
      </section>
      {s.rejected.length > 0 ? (
        <section>
          <Heading level={2}>{say("outbox.rejected.title")}</Heading>
          <p>{say("outbox.rejected.text")}</p>
          <ul class="rejected">
            {s.rejected.map((r) => (
              <li key={r.id}>
                <b>{say("outbox.rejected.from", { Date: day(r.day, tag) })}</b>
                <p>
                  {r.title}. {r.detail}
                </p>
                <Button onClick={() => void shared.attempt(() => outbox.dismiss(r.id))}>{say("outbox.dismiss")}</Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <p class={h.persisted ? "hint" : "aside"}>{say(h.persisted ? "storage.persisted" : "storage.not_persisted")}</p>
        {h.free === undefined ? null : <p class="hint">{say("storage.free", { Count: Math.floor(h.free / MIB) })}</p>}
        <p class="hint">{say(h.online ? "network.online" : "network.offline")}</p>
        <p class="hint">
          <bdi>Waymark {shared.platform.version}</bdi>
        </p>
        {updates.waiting.value ? (
          <p class="aside">
            {say("update.ready")}{" "}
            <Button onClick={() => void shared.attempt(() => updates.activate())}>{say("update.apply")}</Button>
          </p>
        ) : null}
      </section>
      <nav class="row bottom">
        <Button onClick={() => shared.go({ name: "home" })}>{say("common.back")}</Button>
      </nav>
    </main>
  );
}
