// The few parts that every screen is made of. Targets are at least 56 CSS
// pixels high: fingers are gloved and the tablet is in the sun.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly kind?: "main" | "plain" | "quiet" | "grave";
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
  readonly label?: string;
  readonly id?: string;
}

export function Button({ children, onClick, kind = "plain", disabled = false, type = "button", label, id }: ButtonProps): JSX.Element {
  return (
    <button id={id} type={type} class={`button ${kind}`} disabled={disabled} onClick={onClick} aria-label={label}>
      {children}
    </button>
  );
}

/** Text in a language of its own. */
export function In(props: {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly children: ComponentChildren;
  readonly as?: "p" | "span" | "h1" | "h2" | "div";
  readonly class?: string;
}): JSX.Element {
  const Tag = props.as ?? "span";
  return (
    <Tag lang={props.lang} dir={props.dir} class={props.class}>
      {props.children}
    </Tag>
  );
}

/** A screen's heading takes the focus when the screen comes, so that a screen reader begins there. */
export function Heading({ children, level = 1 }: { readonly children: ComponentChildren; readonly level?: 1 | 2 }): JSX.Element {
  const at = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (level === 1) at.current?.focus({ preventScroll: true });
  }, []);
  return level === 1 ? (
    <h1 ref={at} tabIndex={-1}>
      {children}
    </h1>
  ) : (
    <h2>{children}</h2>
  );
}

/** What went wrong, told at once to those who hear the screen. */
export function Trouble({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="trouble" role="alert" hidden={text === ""}>
      {text}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "password" | "date" | "search";
  readonly hint?: string;
  readonly autocomplete?: "off" | "username" | "current-password" | "organization" | "one-time-code";
  readonly required?: boolean;
  readonly max?: string;
  readonly ltr?: boolean;
}

let fields = 0;

export function Field({ label, value, onInput, type = "text", hint, autocomplete = "off", required, max, ltr }: FieldProps): JSX.Element {
  const id = useRef(`field-${++fields}`).current;
  // Preact's types know which attributes fit which type of input, and not that
  // the type is one of several here.
  const more: object = {
    type,
    autocomplete,
    ...(max ? { max } : {}),
    ...(required ? { required } : {}),
    ...(ltr ? { dir: "ltr" } : {}),
    ...(hint ? { "aria-describedby": `${id}-hint` } : {}),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        autocapitalize="none"
        spellcheck={false}
        onInput={(e) => onInput(e.currentTarget.value)}
        {...more}
      />
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly text: string; readonly lang?: string }[];
}

export function Select({ label, value, onChange, options }: SelectProps): JSX.Element {
  const id = useRef(`field-${++fields}`).current;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(e) => onChange(e.currentTarget.value)}>
        {options.map((o) => (
          <option key={o.value} value={o.value} lang={o.lang}>
            {o.text}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Check(props: {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
  readonly name?: string;
  readonly note?: ComponentChildren;
}): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" name={props.name} checked={props.checked} onChange={(e) => props.onChange(e.currentTarget.checked)} />
      <span>
        {props.label}
        {props.note}
      </span>
    </label>
  );
}

/** One or several of a few, as large targets. */
export function Choices(props: {
  readonly label: string;
  readonly name: string;
  readonly many?: boolean;
  readonly chosen: readonly string[];
  readonly options: readonly { readonly value: string; readonly text: ComponentChildren; readonly mark?: string }[];
  readonly onPick: (value: string) => void;
  readonly hideLabel?: boolean;
}): JSX.Element {
  return (
    <fieldset class="choices">
      <legend class={props.hideLabel ? "unseen" : undefined}>{props.label}</legend>
      {props.options.map((o) => (
        <label key={o.value} class={props.chosen.includes(o.value) ? "choice chosen" : "choice"}>
          <input
            type={props.many ? "checkbox" : "radio"}
            name={props.name}
            value={o.value}
            checked={props.chosen.includes(o.value)}
            onChange={() => props.onPick(o.value)}
          />
          <span class="choice-text">{o.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Asks before something that cannot be taken back. The focus is on the way back: a key that is held down decides nothing. */
export function Confirm(props: {
  readonly open: boolean;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}): JSX.Element {
  const at = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (props.open && !at.current?.open) {
      at.current?.showModal();
      at.current?.querySelector<HTMLElement>(".button:last-child")?.focus();
    }
    if (!props.open) at.current?.close();
  }, [props.open]);
  return (
    <dialog ref={at} onCancel={props.onNo} aria-label={props.text}>
      <p>{props.text}</p>
      <div class="row">
        <Button kind="grave" onClick={props.onYes}>
          {props.yes}
        </Button>
        <Button onClick={props.onNo}>{props.no}</Button>
      </div>
    </dialog>
  );
}
