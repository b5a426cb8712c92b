// A clock, and nothing that says what this tablet is for. Three taps on it
// bring the lock back.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Shared } from "../state.ts";
import { time } from "../ui/time.ts";

const TAPS = 3;
const WITHIN = 2_000;

export function Hidden({ shared }: { readonly shared: Shared }): JSX.Element {
  const [now, setNow] = useState(Date.now());
  const taps = useRef<number[]>([]);
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(tick);
  }, []);
  const tap = (): void => {
    const at = Date.now();
    taps.current = [...taps.current.filter((t) => at - t < WITHIN), at];
    if (taps.current.length >= TAPS) shared.unhide();
  };
  return (
    <main class="hidden-screen">
      <button type="button" id="clock" onClick={tap} aria-label={shared.say.value("hidden.title")}>
        <time>{time(now, shared.platform.language.value)}</time>
      </button>
    </main>
  );
}
