/** What stands in a message for a value, such as {{.Count}}. */
export type Values = Readonly<Record<string, string | number>>;

/** Puts values in their places. A place without a value stays, so that it is seen. */
export const fill = (message: string, values: Values = {}): string =>
  message.replace(/\{\{\.(\w+)\}\}/g, (place, name: string) => String(values[name] ?? place));
