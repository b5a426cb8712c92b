// Confirming a tablet: the digits that it shows are typed here, and the server
// compares them. They are not shown, so that nobody confirms without looking.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Field, Trouble } from "../app/ui/kit.tsx";
import type { Schema } from "../platform/contract.ts";
import { ProblemError } from "../platform/types.ts";

interface Props {
  readonly shared: Shared;
  readonly device: Schema<"Device">;
  readonly onConfirmed: () => void;
}

export function Compare({ shared, device, onConfirmed }: Props): JSX.Element {
  const say = shared.say.value;
  const [digits, setDigits] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setWrong(false);
    setBusy(true);
    let other = false;
    const answered = await shared.attempt(async () => {
      try {
        await shared.platform.api.post(`/v1/devices/${device.id}/confirm`, { fingerprint: digits });
      } catch (error) {
        other = otherDigits(error);
        if (!other) throw error;
      }
    });
    setBusy(false);
    setWrong(other);
    if (answered) setDigits("");
    if (answered && !other) onConfirmed();
  };
  return (
    <form
      class="compare"
      onSubmit={(e) => {
        e.preventDefault();
        void confirm();
      }}
    >
      <Trouble text={wrong ? say("devices.confirm.wrong") : ""} />
      <Field label={say("enrol.fingerprint")} hint={say("devices.confirm.text")} value={digits} onInput={setDigits} ltr required />
      <Button type="submit" kind="main" disabled={busy || digits.trim() === ""} label={`${say("devices.confirm")}: ${device.label}`}>
        {say(busy ? "common.loading" : "devices.confirm")}
      </Button>
    </form>
  );
}

/** Whether the server says that these are the digits of another tablet. */
const otherDigits = (error: unknown): boolean =>
  error instanceof ProblemError && (error.problem.errors ?? []).some(({ pointer }) => pointer === "/fingerprint");
