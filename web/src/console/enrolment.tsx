// Adding a tablet: a code that is good once and for a short while, shown for
// the camera of the tablet and to be typed. It is in nothing that is kept.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Field, Select } from "../app/ui/kit.tsx";
import type { Schema } from "../platform/contract.ts";
import { codeEnds, left } from "./due.ts";
import { useLoaded } from "./load.ts";
import { Landing } from "./parts.tsx";
import { Qr } from "./qr.tsx";

interface Made {
  readonly code: string;
  /** By the clock of this browser. */
  readonly ends: number;
}

export function Enrolment({ shared, onClose }: { readonly shared: Shared; readonly onClose: () => void }): JSX.Element {
  const say = shared.say.value;
  const { api } = shared.platform;
  const countries = useLoaded(shared, () => api.get<Schema<"JurisdictionList">>("/v1/jurisdictions"));
  const [site, setSite] = useState("");
  const [country, setCountry] = useState("");
  const [label, setLabel] = useState("");
  const [made, setMade] = useState<Made>();
  const [busy, setBusy] = useState(false);
  const make = (): void => {
    setBusy(true);
    void shared
      .attempt(async () => {
        const body: Schema<"EnrolmentRequest"> = { site: site.trim(), country, label: label.trim() };
        const { code, expires_at } = await api.post<Schema<"Enrolment">>("/v1/devices/enrolments", body);
        setMade({ code, ends: codeEnds(expires_at, shared.platform.now()) });
      })
      .finally(() => setBusy(false));
  };
  if (made) return <Code shared={shared} made={made} onClose={onClose} onAgain={() => setMade(undefined)} />;
  const packs = countries.value?.jurisdictions ?? [];
  return (
    <section class="panel">
      <Landing>{say("devices.new")}</Landing>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          make();
        }}
      >
        <Field label={say("devices.site")} value={site} onInput={setSite} ltr required />
        <Select
          label={say("devices.country")}
          value={country}
          onChange={setCountry}
          options={[{ value: "", text: "–" }, ...packs.map(({ iso, name }) => ({ value: iso, text: name }))]}
        />
        <Field label={say("devices.label")} value={label} onInput={setLabel} required />
        <div class="row">
          <Button id="make-code" type="submit" kind="main" disabled={busy || !site.trim() || !country || !label.trim()}>
            {say(busy ? "common.loading" : "devices.make_code")}
          </Button>
          <Button onClick={onClose}>{say("common.cancel")}</Button>
        </div>
      </form>
    </section>
  );
}

function Code(props: { readonly shared: Shared; readonly made: Made; readonly onClose: () => void; readonly onAgain: () => void }): JSX.Element {
  const { platform, say: speaks } = props.shared;
  const say = speaks.value;
  const { code, ends } = props.made;
  const [now, setNow] = useState(() => platform.now());
  const rest = left(ends, now);
  useEffect(() => {
    if (rest === undefined) return undefined;
    const tick = setInterval(() => setNow(platform.now()), 1_000);
    return () => clearInterval(tick);
  }, [rest === undefined]);
  return (
    <section class="panel">
      <Landing>{say("enrol.code")}</Landing>
      {rest ? (
        <>
          <p>{say("devices.code.text")}</p>
          <Qr text={`${location.origin}/#enrol=${encodeURIComponent(code)}`} label={say("devices.code.picture")} />
          <output id="code" class="fingerprint code" dir="ltr">
            {code}
          </output>
          <p class="hint">{say(`wait.${rest.unit}`, { Count: rest.count })}</p>
        </>
      ) : (
        <p role="status">{say("devices.code.over")}</p>
      )}
      <div class="row">
        {rest ? null : (
          <Button kind="main" onClick={props.onAgain}>
            {say("devices.make_code")}
          </Button>
        )}
        <Button id="code-done" onClick={props.onClose}>
          {say("common.close")}
        </Button>
      </div>
    </section>
  );
}
