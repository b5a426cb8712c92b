// What a view of the console has from the server. It lives as long as the view:
// nothing of it is kept.

import { useEffect, useRef, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { ProblemError } from "../platform/types.ts";

export interface Loaded<T> {
  /** Undefined until it came, and when it did not come. */
  readonly value: T | undefined;
  /** Whether it is being fetched. */
  readonly busy: boolean;
  /** Puts something newer in its place; what is still on its way no longer counts. */
  set(value: T): void;
  /** Fetches it anew; gives what came, undefined when nothing did. */
  again(): Promise<T | undefined>;
}

/** Loads something when a view comes, and again when the language changes: texts come from the server. */
export function useLoaded<T>(shared: Shared, load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [busy, setBusy] = useState(true);
  const newest = useRef(0);
  const set = (next: T): void => {
    newest.current++;
    setBusy(false);
    setValue(() => next);
  };
  const again = async (): Promise<T | undefined> => {
    const mine = ++newest.current;
    let came: T | undefined;
    setBusy(true);
    await shared.attempt(async () => (came = await load()));
    if (mine !== newest.current) return undefined;
    setBusy(false);
    if (came !== undefined) setValue(() => came);
    return came;
  };
  const language = shared.platform.language.value;
  useEffect(() => {
    void again();
    return () => void newest.current++;
  }, [language]);
  return { value, busy, set, again };
}

/** Whether an error is a problem of a code. */
export const isProblem = (error: unknown, code: string): boolean => error instanceof ProblemError && error.problem.code === code;
