// One interview from its opening to its result: the draft decides which of the
// screens is shown.

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import type { Finished, Interview } from "../interview/controller.ts";
import { variantOf } from "../interview/flow.ts";
import type { Shared } from "../state.ts";
import { reader } from "../text.ts";
import type { Wordings } from "../ui/both.tsx";
import { Trouble } from "../ui/kit.tsx";
import { isoDay } from "../ui/time.ts";
import { Greeting, HandOver, Returned, Stop, Urgent } from "./pauses.tsx";
import { Closing, Opening } from "./protocol.tsx";
import { Question } from "./question.tsx";
import { ResultScreen } from "./result.tsx";

interface Props {
  readonly shared: Shared;
  readonly interview: Interview;
  readonly onDone: (then?: { readonly instrument: string; readonly earlier: Finished["earlier"] }) => void;
}

/** The questionnaire in the person's language and in the officer's; English stands in where one was not fetched. */
function useWordings(shared: Shared, interview: Interview): Wordings {
  const d = interview.draft.value;
  const { bundles, language } = shared.platform;
  const variant = variantOf(interview.instrument, d);
  const own = bundles.interview(language.value) ? language.value : "en";
  return useMemo(() => {
    const wording = { variant, officer: d.officer, sector: d.sector };
    const read = (tag: string): ReturnType<typeof reader> => {
      const texts = bundles.interview(tag) ?? bundles.interview("en");
      return texts ? reader(interview.instrument, texts, wording) : () => undefined;
    };
    return {
      person: { tag: d.language, dir: shared.direction(d.language) },
      own: { tag: own, dir: shared.direction(own) },
      read: read(d.language),
      officer: read(own),
      tell: shared.tell(d.language),
      say: shared.tell(own),
    };
  }, [interview, d.language, d.officer, d.sector, variant, own]);
}

export function InterviewScreen({ shared, interview, onDone }: Props): JSX.Element {
  const own = useWordings(shared, interview);
  const say = shared.say.value;
  // What the officer says comes from the interface, what the person reads from the interview.
  const wordings: Wordings = { ...own, say: (id, values) => (id.startsWith("person.") ? own.say(id, values) : say(id, values)) };
  const d = interview.draft.value;
  const stage = interview.stage.value;
  useEffect(() => scrollTo(0, 0), [stage, d.at]);

  return (
    <>
      <Trouble text={shared.trouble.value} />
      {screen()}
    </>
  );

  function screen(): JSX.Element {
    if (d.alone && !d.greeted) return <Greeting interview={interview} wordings={wordings} />;
    if (d.alone && d.at === "") return <Returned shared={shared} interview={interview} wordings={wordings} />;
    switch (stage) {
      case "opening":
        return <Opening shared={shared} interview={interview} wordings={wordings} />;
      case "urgent":
        return <Urgent shared={shared} interview={interview} />;
      case "ask":
        return <Question shared={shared} interview={interview} wordings={wordings} />;
      case "settled":
      case "section":
      case "stop":
        return <Stop shared={shared} interview={interview} because={stage} />;
      case "hand_over":
        return <HandOver shared={shared} interview={interview} />;
      case "closing":
        return <Closing shared={shared} interview={interview} wordings={wordings} />;
      case "result":
        return (
          <ResultScreen
            shared={shared}
            interview={interview}
            wordings={wordings}
            onFinish={() => interview.finish(isoDay(shared.platform.now()))}
            onDone={onDone}
          />
        );
    }
  }
}
