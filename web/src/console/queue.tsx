// The reviews that wait, in the order of the server: the most urgent first. A
// row says what is needed to choose one, and nothing by a number.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Shared } from "../app/state.ts";
import { Button, Heading, Trouble } from "../app/ui/kit.tsx";
import { day } from "../app/ui/time.ts";
import type { Schema } from "../platform/contract.ts";
import type { Review } from "./decide.ts";
import { useLoaded } from "./load.ts";
import { outcomeName } from "./names.ts";
import { Again, Marks } from "./parts.tsx";

type Page = Schema<"ReviewList">;

const PAGE = 25;

export function Queue({ shared, onOpen }: { readonly shared: Shared; readonly onOpen: (id: string) => void }): JSX.Element {
  const say = shared.say.value;
  const { api } = shared.platform;
  const page = useLoaded(shared, () => api.get<Page>(`/v1/reviews?limit=${PAGE}`));
  const [fresh, setFresh] = useState<string>();
  const [busy, setBusy] = useState(false);
  const reviews = page.value?.reviews ?? [];
  const next = page.value?.next;

  const more = (): void => {
    setBusy(true);
    void shared
      .attempt(async () => {
        const { reviews: others, ...rest } = await api.get<Page>(`/v1/reviews?limit=${PAGE}&after=${encodeURIComponent(next ?? "")}`);
        const here = new Set(reviews.map(({ id }) => id)); // the queue may have moved meanwhile
        const added = others.filter(({ id }) => !here.has(id));
        page.set({ ...rest, reviews: [...reviews, ...added] });
        setFresh(added[0]?.id);
      })
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Heading>{say("console.reviews")}</Heading>
      <Trouble text={shared.trouble.value} />
      <Again shared={shared} busy={page.busy} onAgain={() => void page.again()} />
      {page.value && reviews.length === 0 ? <p class="lead">{say("queue.empty")}</p> : null}
      <ol class="cases">
        {reviews.map((review) => (
          <Row key={review.id} shared={shared} review={review} focus={review.id === fresh} onOpen={() => onOpen(review.id)} />
        ))}
      </ol>
      {next ? (
        <Button id="more" disabled={busy} onClick={more}>
          {say(busy ? "common.loading" : "console.more")}
        </Button>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly shared: Shared;
  readonly review: Review;
  /** It is the first of those that were just added. */
  readonly focus: boolean;
  readonly onOpen: () => void;
}

function Row({ shared, review, focus, onOpen }: RowProps): JSX.Element {
  const say = shared.say.value;
  const at = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focus) at.current?.focus();
  }, [focus]);
  const { site, day: held } = review.record;
  return (
    <li class="case">
      <button ref={at} type="button" class="case-open" aria-describedby={`about-${review.id}`} onClick={onOpen}>
        {outcomeName(say, review.outcome)}
      </button>
      <div id={`about-${review.id}`}>
        <Marks shared={shared} review={review} />
        <p class="hint">
          {say("review.fact.site")}: {site} · {say("review.fact.day")}: {day(held, shared.platform.language.value)}
        </p>
      </div>
    </li>
  );
}
