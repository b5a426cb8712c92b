// The tablets: how each stands, what waits on it, and the two things that can
// be done about one. Nothing here tells one interview from another.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Confirm, Heading, Trouble } from "../app/ui/kit.tsx";
import { day, moment } from "../app/ui/time.ts";
import type { Schema } from "../platform/contract.ts";
import { Compare } from "./compare.tsx";
import { Enrolment } from "./enrolment.tsx";
import { useLoaded } from "./load.ts";
import { countryName } from "./names.ts";
import { Again } from "./parts.tsx";

type Device = Schema<"Device">;

export function Devices({ shared }: { readonly shared: Shared }): JSX.Element {
  const say = shared.say.value;
  const { api, session } = shared.platform;
  const role = session.value?.role;
  const list = useLoaded(shared, () => api.get<Schema<"DeviceList">>("/v1/devices"));
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Device>();
  const [round, setRound] = useState(0);
  const devices = list.value?.devices;
  /** What was pressed may be gone after this; the focus goes back to the heading. */
  const anew = async (): Promise<void> => {
    await list.again();
    setRound((n) => n + 1);
  };
  const revoke = ({ id }: Device): void => {
    setAsked(undefined);
    void shared.attempt(() => api.del(`/v1/devices/${id}`)).then((gone) => (gone ? anew() : undefined));
  };
  return (
    <>
      <Heading key={round}>{say("console.devices")}</Heading>
      <Trouble text={shared.trouble.value} />
      <div class="row">
        {role === "administrator" && !adding ? (
          <Button id="add" kind="main" onClick={() => setAdding(true)}>
            {say("devices.new")}
          </Button>
        ) : null}
        <Again shared={shared} busy={list.busy} onAgain={() => void list.again()} />
      </div>
      {adding ? (
        <Enrolment
          shared={shared}
          onClose={() => {
            setAdding(false);
            void anew();
          }}
        />
      ) : null}
      {devices?.length === 0 ? <p class="lead">{say("devices.empty")}</p> : null}
      <ul class="cases">
        {(devices ?? []).map((device) => (
          <li key={device.id} class="case">
            <Stand shared={shared} device={device} />
            {device.state === "pending" && role === "supervisor" ? (
              <Compare shared={shared} device={device} onConfirmed={() => void anew()} />
            ) : null}
            {device.state === "revoked" ? null : (
              <Button kind="quiet" onClick={() => setAsked(device)} label={`${say("devices.revoke")}: ${device.label}`}>
                {say("devices.revoke")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Confirm
        open={asked !== undefined}
        text={`${asked?.label ?? ""}. ${say("devices.revoke.confirm")}`}
        yes={say("devices.revoke")}
        no={say("common.cancel")}
        onYes={() => asked && revoke(asked)}
        onNo={() => setAsked(undefined)}
      />
    </>
  );
}

/** How a tablet stands. The fingerprint of one that waits is not told: whoever confirms it has to read it on the tablet. */
function Stand({ shared, device }: { readonly shared: Shared; readonly device: Device }): JSX.Element {
  const say = shared.say.value;
  const own = shared.platform.language.value;
  const { health } = device;
  const waiting = health?.waiting ?? 0;
  const rejected = health?.rejected ?? 0;
  return (
    <>
      <h2>
        <bdi>{device.label}</bdi>
      </h2>
      <ul class="marks">
        <li class={device.state === "pending" ? "first" : undefined}>{say(`devices.state.${device.state}`)}</li>
        {device.lease_over ? <li class="late">{say("devices.lease_over")}</li> : null}
        {rejected > 0 ? <li class="late">{say("devices.rejected", { Count: rejected })}</li> : null}
        {waiting > 0 ? <li>{say("devices.waiting", { Count: waiting })}</li> : null}
        {health && !health.persistent ? <li class="late">{say("devices.not_persistent")}</li> : null}
      </ul>
      {health?.oldest ? <p class="hint">{say("outbox.oldest", { Date: day(health.oldest, own) })}</p> : null}
      <p class="hint">
        {say("devices.site")}: <bdi>{device.site}</bdi> · {say("devices.country")}: {countryName(say, device.country, own)}
      </p>
      <p class="hint">
        {device.last_contact ? say("devices.contact", { Time: moment(device.last_contact, own) }) : say("devices.no_contact")}
      </p>
    </>
  );
}
