// A program of one item, small enough to see through: A01 takes several of
// "taken" (shows CD01), "hurt" (shows U_MEDICAL) and "iso" (a country). CD01
// makes the outcome REFER, anything else NO_TRIGGER. Its spectrum has one
// element and goes through the same code again.

export type Instruction = [op: number, a: number, t: number, m: number];

const wire = () => ({
  engine: "1",
  instrument: "toy@1.0.0",
  rules: "toy@1.0.0",
  codebook: "toy@1.0.0",
  items: [
    {
      id: "A01",
      many: true,
      options: ["taken", "hurt", "iso"],
      accepts: [{ option: 2, list: "countries" }],
      counts: true,
      late: true,
    },
  ],
  codes: [
    { code: "U_MEDICAL", class: "urgent" },
    { code: "CD01", class: "indicator" },
  ],
  dimensions: ["D1", "D2", "D3", "D4", "D5", "D6"],
  outcomes: ["NO_TRIGGER", "REFER"],
  lines: ["1", "2"],
  modes: ["a", "b"],
  lists: [{ id: "countries", codes: ["ET", "TH"] }],
  evidence: [
    [2, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ],
  findings: [
    [6, 7, 8, 9, 10, 11],
    [6, 7, 8, 9, 10, 11],
  ],
  decide: 1,
  spectrum: {
    at: 0,
    position: 30,
    positions: ["none", "unclear"],
    elements: [{ id: "act", register: 31, codes: [2, 0, 0, 0] }],
  },
  contradictions: [
    { first: { item: "A01", any: ["taken"] }, second: { instrument: "other", item: "B01", any: ["kept"] } },
    { first: { item: "A01" }, second: { item: "B01" }, differ: true },
  ],
  code: [
    [15, 0, 0, 0], // weigh A01
    [7, 0, 5, 2], // not CD01: go to 5
    [18, 1, 0, 1], // the outcome is REFER
    [18, 3, 0, 1], // in both modes
    [18, 10, 0, 1], // and D5 is PARTIAL
    [0, 0, 0, 0],
  ] as Instruction[],
});

interface Side {
  instrument?: string;
  item: string;
  any?: string[];
}

/** The toy's tables, to be changed before they are encoded. */
export function edited() {
  return wire() as Omit<ReturnType<typeof wire>, "items" | "contradictions"> & {
    items: { id: string; many?: boolean; options: string[]; accepts?: { option: number; list: string }[]; late?: boolean }[];
    contradictions: { first: Side; second: Side; differ?: boolean }[];
  };
}

/** Encodes the toy program after a change. */
export function toy(change: (wire: ReturnType<typeof edited>) => void = () => {}): string {
  const tables = edited();
  change(tables);
  const bytes = new DataView(new ArrayBuffer(tables.code.length * 8));
  tables.code.forEach(([op, a, t, m], at) => {
    bytes.setUint8(at * 8, op);
    bytes.setUint8(at * 8 + 1, a);
    bytes.setUint16(at * 8 + 2, t, true);
    bytes.setUint32(at * 8 + 4, m, true);
  });
  return JSON.stringify({ ...tables, code: Buffer.from(bytes.buffer).toString("base64") });
}
