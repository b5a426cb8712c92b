// The card that the person takes along, in their language. It says nothing of
// what was answered, and does no harm in the wrong hands.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Shared } from "../state.ts";
import { day } from "../ui/time.ts";
import { Value } from "../ui/country.tsx";
import { Button, In, Select } from "../ui/kit.tsx";

export function Card({ shared, language, onClose }: { readonly shared: Shared; readonly language: string; readonly onClose: () => void }): JSX.Element {
  const say = shared.say.value;
  const { bundles, standing } = shared.platform;
  const [tag, setTag] = useState(language);
  const tell = shared.tell(tag);
  const at = standing.value;
  const pack = at.kind === "browser" ? undefined : bundles.jurisdiction(at.device.country);
  const hotline = pack?.leaves.find((l) => l.id === "hotline" && l.value && l.status !== "unknown");
  const here = bundles.state.value.languages.filter((l) => bundles.interview(l.language));
  return (
    <main id="content">
      <div class="noprint">
        <Select
          label={say("result.card.language")}
          value={tag}
          onChange={setTag}
          options={here.map((l) => ({ value: l.language, text: l.name, lang: l.language }))}
        />
      </div>
      <In as="div" class="card" lang={tag} dir={shared.direction(tag)}>
        <h1>{tell("person.card.title")}</h1>
        <p>{tell("person.card.when", { Date: day(shared.platform.now(), tag) })}</p>
        <ul>
          <li>{tell("person.card.no_decision")}</li>
          <li>{tell("person.card.help")}</li>
          <li>{tell("person.card.again")}</li>
          <li>{tell("person.card.lawyer")}</li>
          <li>{tell("person.card.keep")}</li>
          <li>{tell("person.card.danger")}</li>
        </ul>
        {hotline ? (
          <p>
            {tell("person.card.hotline")}{" "}
            <b>
              <Value say={say} leaf={hotline} />
            </b>
          </p>
        ) : null}
        <p class="blank">{tell("person.card.contact")}</p>
        <p class="blank">{tell("person.card.next")}</p>
      </In>
      <nav class="row bottom noprint">
        <Button onClick={onClose}>{say("common.back")}</Button>
        <Button kind="main" onClick={() => print()}>
          {say("common.print")}
        </Button>
      </nav>
    </main>
  );
}
