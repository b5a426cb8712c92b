// One interview as it is held: every touch changes the draft, is kept sealed,
// and may bring up something that goes before the next question.

import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";

import { encode, type AskReason, type Earlier } from "../../screening/index.ts";
import type { Drafts, LoadedInstrument } from "../../platform/types.ts";
import { before, postpone, put, replied, reply, type Draft, type Reply } from "./draft.ts";
import { consentOf, goOn, notYet, unseen } from "./flow.ts";
import { resultOf, type Result } from "./result.ts";
import { submissionOf } from "./submission.ts";

/** What is on the screen. The draft alone decides it, but for the last four. */
export type Stage = "opening" | "ask" | "closing" | "result" | "urgent" | "settled" | "section" | "stop" | "hand_over";

/** After how many questions a person is asked whether to go on. */
const BREATHER = 12;

export interface Finished {
  /** Nothing was kept, as the person wished. */
  readonly kept: boolean;
  /** An instrument to go on with, with what was answered here. */
  readonly earlier: NonNullable<Draft["earlier"]>;
}

export class Interview {
  readonly instrument: LoadedInstrument;
  readonly draft: ReadonlySignal<Draft>;
  readonly stage: ReadonlySignal<Stage>;
  /** How many questions are left at most; undefined when that was not worked out. */
  readonly left: ReadonlySignal<number | undefined>;
  readonly urgent: ReadonlySignal<readonly string[]>;

  readonly #draft;
  readonly #over = signal<"settled" | "section" | "stop" | "hand_over" | undefined>(undefined);
  readonly #left = signal<number | undefined>(undefined);
  readonly #drafts: Drafts<Draft>;
  readonly #others: readonly LoadedInstrument[];
  #saving: Promise<void> = Promise.resolve();
  #breath = 0;

  constructor(draft: Draft, instrument: LoadedInstrument, drafts: Drafts<Draft>, others: readonly LoadedInstrument[]) {
    this.instrument = instrument;
    this.#drafts = drafts;
    this.#others = others;
    this.#draft = signal(draft);
    this.draft = this.#draft;
    this.left = this.#left;
    this.urgent = computed(() => {
      const d = this.#draft.value;
      // What is being ticked comes up when the question is left, all of it at once.
      return d.alone ? [] : unseen(instrument, d.phase === "questions" ? reply(d, d.at, undefined) : d);
    });
    this.stage = computed(() => {
      const { phase } = this.#draft.value;
      if (this.urgent.value.length > 0) return "urgent";
      if (this.#over.value) return this.#over.value;
      return phase === "questions" ? "ask" : phase;
    });
  }

  /** Keeps the draft. Resolves when all of it is durable. */
  save(): Promise<void> {
    const draft = this.#draft.value;
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#drafts.save(draft));
    return this.#saving;
  }

  #set(draft: Draft): Promise<void> {
    this.#draft.value = draft;
    return this.save();
  }

  /** Notes a reply to an item; on an officer's own item as well. */
  answer(item: string, to: Reply): Promise<void> {
    return this.#set(reply(this.#draft.value, item, to));
  }

  /** The officer has seen to the urgent needs that were shown. */
  seen(): Promise<void> {
    const d = this.#draft.value;
    return this.#set({ ...d, seen: [...d.seen, ...this.urgent.value] });
  }

  /** Begins the questions, once everything that has to be settled is. */
  beginQuestions(): Promise<void> {
    if (notYet(this.instrument, this.#draft.value).length > 0) return Promise.resolve();
    return this.#advance({ ...this.#draft.value, phase: "questions" });
  }

  /** Goes on to what comes next. */
  next(): Promise<void> {
    const d = this.#draft.value;
    const confirmed = { ...d, toConfirm: d.toConfirm.filter((id) => id !== d.at) };
    const forward = d.put[d.put.indexOf(d.at) + 1];
    if (d.at !== "" && forward !== undefined) return this.#set(put(confirmed, forward)); // after going back
    this.#breath++;
    return this.#advance(confirmed);
  }

  #advance(d: Draft): Promise<void> {
    const { draft, step } = goOn(this.instrument, d);
    const last = step.kind === "no_more" && d.alone ? { ...draft, phase: "questions" as const, at: "" } : draft;
    batch(() => {
      this.#left.value = step.kind === "no_more" ? 0 : step.left;
      this.#over.value = undefined;
      if (!d.alone && step.kind === "settled") this.#over.value = "settled";
      else if (!d.alone && step.kind === "put" && this.#breath >= BREATHER) {
        this.#breath = 0;
        this.#over.value = "section";
      }
      this.#draft.value = last;
    });
    // Alone with the tablet, a person is not told that nothing more matters.
    return d.alone && step.kind === "settled" ? this.#advance({ ...d, offeredStop: true }) : this.save();
  }

  /** Whether there is an item to go back to. */
  get canGoBack(): boolean {
    return before(this.#draft.value) !== undefined;
  }

  back(): Promise<void> {
    const d = this.#draft.value;
    this.#over.value = undefined;
    if (d.phase === "result") return this.#set({ ...d, phase: "closing" });
    if (d.phase === "closing") return this.#set({ ...d, phase: "questions", at: d.put.at(-1) ?? "" });
    const last = before(d);
    return last === undefined ? this.#set({ ...d, phase: "opening", at: "" }) : this.#set(put(d, last));
  }

  /** Leaves the question on the screen for later. */
  later(): Promise<void> {
    return this.#advance(postpone(this.#draft.value));
  }

  /** Shows how the interview can pause, stop or be handed over. */
  show(what: "stop" | "hand_over" | undefined): void {
    this.#over.value = what;
  }

  /** Goes on although it could stop. */
  goOnAsking(): Promise<void> {
    const d = this.#draft.value;
    this.#over.value = undefined;
    return d.at === "" ? this.#advance({ ...d, offeredStop: true }) : Promise.resolve();
  }

  /** Ends the questions, wherever they are. */
  finishQuestions(): Promise<void> {
    this.#over.value = undefined;
    return this.#set({ ...this.#draft.value, phase: "closing", at: "", offeredStop: true });
  }

  showResult(): Promise<void> {
    return this.#set({ ...this.#draft.value, phase: "result" });
  }

  /** Leaves the person alone with the questions. */
  async handOver(): Promise<void> {
    this.#over.value = undefined;
    const d = { ...this.#draft.value, alone: true, greeted: false };
    if (d.at === "") await this.#advance(d);
    else await this.#set(d);
  }

  /** Alone, the person has read what this is. */
  greet(): Promise<void> {
    return this.#set({ ...this.#draft.value, greeted: true });
  }

  /** Alone, the person wants no more questions. What is on the screen stays open. */
  enough(): Promise<void> {
    return this.#set({ ...this.#draft.value, at: "" });
  }

  /** The officer has unlocked again. */
  takeBack(): Promise<void> {
    const d = { ...this.#draft.value, alone: false };
    return d.at === "" ? this.#advance({ ...d, offeredStop: false }) : this.#set(d);
  }

  replied(item: string): Reply {
    return replied(this.#draft.value, item);
  }

  why(item: string): AskReason | undefined {
    return this.#draft.value.why[item];
  }

  result(): Result {
    return resultOf(this.instrument, this.#draft.value, this.#earlier());
  }

  #earlier(): Earlier[] {
    const { earlier } = this.#draft.value;
    const other = earlier && this.#others.find((i) => i.ref === `${earlier.instrument}@${earlier.version}`);
    return other ? [{ program: other.program, responses: encode(other.program, earlier.answers, {}) }] : [];
  }

  /** Whether a record may be kept. */
  get mayKeep(): boolean {
    return consentOf(this.#draft.value).data;
  }

  /** Seals the interview, or forgets it where the person did not agree to keeping. */
  async finish(today: string): Promise<Finished> {
    const d = this.#draft.value;
    await this.#saving.catch(() => undefined);
    if (this.mayKeep) await this.#drafts.finish(submissionOf(this.instrument, d, today));
    else await this.#drafts.discard();
    const [instrument, version] = this.instrument.ref.split("@") as [string, string];
    return { kept: this.mayKeep, earlier: { instrument, version, answers: this.#answersToQuestions(d) } };
  }

  /** Without the officer's own items, which belong to the interview that was held. */
  #answersToQuestions(d: Draft): Draft["answers"] {
    const questions = new Set(this.instrument.questionnaire.items.map((it) => it.id));
    return Object.fromEntries(Object.entries(d.answers).filter(([id]) => questions.has(id)));
  }
}
