// The tablet locks by itself when nobody touches it. What is unfinished was
// kept with every touch.

import { useEffect } from "preact/hooks";

import type { Shared } from "../state.ts";

const TOUCHES = ["pointerdown", "keydown", "input", "scroll"] as const;

/** Where the policy of a device is not known: two minutes. */
const DEFAULT_IDLE = 120;

export function useIdle({ platform }: Shared): void {
  const standing = platform.standing.value;
  const seconds = standing.kind === "browser" ? DEFAULT_IDLE * 5 : standing.device.policy.idle || DEFAULT_IDLE;
  const inside = platform.session.value !== undefined;
  useEffect(() => {
    if (!inside) return undefined;
    let timer = setTimeout(() => platform.lock(), seconds * 1_000);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => platform.lock(), seconds * 1_000);
    };
    for (const name of TOUCHES) addEventListener(name, touched, { passive: true, capture: true });
    return () => {
      clearTimeout(timer);
      for (const name of TOUCHES) removeEventListener(name, touched, { capture: true });
    };
  }, [inside, seconds]);
}
