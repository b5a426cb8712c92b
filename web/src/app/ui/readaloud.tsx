// Reading a question aloud, where the platform has a voice for the language. A
// voice that sends text away is never used.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Shared } from "../state.ts";
import type { Say } from "../text.ts";
import { Button } from "./kit.tsx";

/** A voice on this machine for a language; undefined for none. */
export function voiceFor(language: string): SpeechSynthesisVoice | undefined {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const base = language.split("-")[0]!;
  const fits = (v: SpeechSynthesisVoice): boolean => v.localService && v.lang.toLowerCase().split(/[-_]/)[0] === base;
  return voices.find((v) => fits(v) && v.lang.replace("_", "-") === language) ?? voices.find(fits);
}

export function ReadAloud(props: {
  readonly shared: Shared;
  readonly language: string;
  readonly lines: readonly string[];
  readonly tell: Say;
}): JSX.Element | null {
  const [speaking, setSpeaking] = useState(false);
  const [voice, setVoice] = useState(() => voiceFor(props.language));
  useEffect(() => {
    const look = (): void => setVoice(voiceFor(props.language));
    look();
    globalThis.speechSynthesis?.addEventListener("voiceschanged", look);
    return () => {
      globalThis.speechSynthesis?.removeEventListener("voiceschanged", look);
      globalThis.speechSynthesis?.cancel();
    };
  }, [props.language]);
  if (!voice) return null;
  const speak = (): void => {
    speechSynthesis.cancel();
    if (speaking) {
      setSpeaking(false);
      return;
    }
    props.lines.forEach((line, i) => {
      const said = new SpeechSynthesisUtterance(line);
      said.voice = voice;
      said.lang = voice.lang;
      said.rate = 0.9;
      if (i === props.lines.length - 1) said.onend = () => setSpeaking(false);
      speechSynthesis.speak(said);
    });
    setSpeaking(true);
  };
  const person = props.tell(speaking ? "person.stop_reading" : "person.read_aloud");
  return (
    <Button kind="quiet" onClick={speak}>
      <span aria-hidden="true">{speaking ? "■" : "▶"}</span> {person}
    </Button>
  );
}
