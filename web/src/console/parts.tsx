// The few parts that several views of the console share.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button } from "../app/ui/kit.tsx";
import { day } from "../app/ui/time.ts";
import type { Review } from "./decide.ts";
import { overdue } from "./due.ts";

/** The way to look again, which every list has. */
export function Again({ shared, busy, onAgain }: { readonly shared: Shared; readonly busy: boolean; readonly onAgain: () => void }): JSX.Element {
  const say = shared.say.value;
  return (
    <Button id="again" kind="quiet" disabled={busy} onClick={onAgain}>
      {say(busy ? "common.loading" : "console.reload")}
    </Button>
  );
}

/** A heading that takes the focus when it comes: what was pressed to bring it is gone. */
export function Landing({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const at = useRef<HTMLHeadingElement>(null);
  useEffect(() => at.current?.focus(), []);
  return (
    <h2 ref={at} tabIndex={-1}>
      {children}
    </h2>
  );
}

/** What is told at once to those who hear the screen; there before it says something. */
export function Told({ text }: { readonly text: string }): JSX.Element {
  return (
    <div role="status">
      {text === "" ? null : <p class="aside strong">{text}</p>}
    </div>
  );
}

/** How a review stands: when it is due, where it is, who holds it, and what comes first. */
export function Marks({ shared, review }: { readonly shared: Shared; readonly review: Review }): JSX.Element {
  const say = shared.say.value;
  const { platform } = shared;
  const late = overdue(review.due, platform.now());
  const due = { Date: day(review.due, platform.language.value) };
  const urgent = review.record.urgent ?? [];
  return (
    <ul class="marks">
      {review.state === "decided" ? null : (
        <>
          <li class={late ? "late" : undefined}>{say(late ? "queue.overdue" : "queue.due", due)}</li>
          <li>{say(`clock.${review.clock}`)}</li>
        </>
      )}
      <li>{say(`state.${review.state}`)}</li>
      {review.claimed_until ? <li>{say(review.mine ? "queue.mine" : "queue.held")}</li> : null}
      {urgent.map((code) => (
        <li key={code} class="first">
          {say(`urgent.${code}.title`)}
        </li>
      ))}
    </ul>
  );
}
