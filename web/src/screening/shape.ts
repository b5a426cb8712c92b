// Checks the shape of parsed JSON: every name known, in its order, of its type.

export type Fits = (value: unknown) => boolean;

export const text: Fits = (value) => typeof value === "string";

/** A text that is left out when it is empty. */
export const filled: Fits = (value) => typeof value === "string" && value !== "";

/** One name and version, such as screen-fc@1.0.0. */
export const reference: Fits = (value) =>
  typeof value === "string" &&
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*@(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}$/.test(value);

/** A number of 32 bits, from 0 up. */
export const count: Fits = (value) => typeof value === "number" && value >>> 0 === value;

/** A mark that is left out when it is not set. */
export const flag: Fits = (value) => value === true;

export const list =
  (of: Fits, length?: number): Fits =>
  (value) =>
    Array.isArray(value) && (length === undefined || value.length === length) && value.every(of);

/** A list that is left out when it is empty. */
export const some =
  (of: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(of);

/** An object with these names in this order; a name with "?" may be left out. */
export const record =
  (fields: Readonly<Record<string, Fits>>): Fits =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const given = Object.entries(value);
    for (const [field, fits] of Object.entries(fields)) {
      const name = field.replace("?", "");
      if (given[0]?.[0] !== name) {
        if (field === name) return false;
        continue;
      }
      if (!fits(given.shift()?.[1])) return false;
    }
    return given.length === 0;
  };
