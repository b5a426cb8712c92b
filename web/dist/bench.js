// src/conformance/bench.ts
import { readFile, stat } from "node:fs/promises";

// src/screening/layout.ts
var ENGINE = "1";
var FACTS = 127 /* Items */;
var ROLES = ["", "NOTE_COERCED_ROLE", "SPECIALIST_REVIEW"];
var FINDINGS = ["NONE", "PARTIAL", "POSITIVE"];

// src/screening/run.ts
var nothing = () => new Int32Array(FACTS + 1);
function run(p, chosen) {
  const { code, evidence } = p;
  const answers = chosen.slice();
  const codes = new Int32Array(4 /* Words */);
  const registers = new Int32Array(64 /* Count */);
  const ignored = [];
  let answered = 0;
  let applicable = 0;
  const cover = (item) => {
    applicable++;
    if (answers[item]) answered++;
  };
  const show = (item, first) => {
    for (let rest = answers[item]; rest; rest &= rest - 1) {
      const row = evidence[first + lowest(rest)];
      for (let w = 0; w < 4 /* Words */; w++) codes[w] |= row[w];
    }
  };
  for (let pc = 0; ; ) {
    const at = pc++ * 8 /* Instruction */;
    const a = code.getUint8(at + 1);
    const t = code.getUint16(at + 2, true);
    const m = code.getInt32(at + 4, true);
    switch (code.getUint8(at)) {
      case 0 /* End */:
        return { codes, registers, ignored, answered, applicable };
      case 1 /* Jump */:
        pc = t;
        break;
      case 2 /* Any */:
        if (answers[a] & m) pc = t;
        break;
      case 3 /* NotAny */:
        if (!(answers[a] & m)) pc = t;
        break;
      case 4 /* Only */:
        if (answers[a] && !(answers[a] & ~m)) pc = t;
        break;
      case 5 /* NotOnly */:
        if (!answers[a] || answers[a] & ~m) pc = t;
        break;
      case 6 /* Code */:
        if (codes[a] & m) pc = t;
        break;
      case 7 /* NotCode */:
        if (!(codes[a] & m)) pc = t;
        break;
      case 8 /* Least */:
        if (registers[a] >= m) pc = t;
        break;
      case 9 /* Less */:
        if (registers[a] < m) pc = t;
        break;
      case 10 /* Below */:
        if (100 * answered < Math.imul(m, applicable)) pc = t;
        break;
      case 11 /* NotBelow */:
        if (100 * answered >= Math.imul(m, applicable)) pc = t;
        break;
      case 12 /* Drop */:
        if (answers[a]) {
          if (!ignored.includes(a)) ignored.push(a);
          answers[a] = 0;
        }
        break;
      case 13 /* Cover */:
        cover(a);
        break;
      case 14 /* Evidence */:
        show(a, t);
        break;
      case 15 /* Weigh */:
        cover(a);
        show(a, t);
        break;
      case 16 /* Add */:
        codes[t >> 5] |= 1 << t;
        break;
      case 17 /* Count */:
        registers[a] += ones(codes[t] & m);
        break;
      case 18 /* Set */:
        registers[a] = m;
        break;
    }
  }
}
var lowest = (bits) => 31 - Math.clz32(bits & -bits);
function ones(bits) {
  let n = 0;
  for (let rest = bits; rest; rest &= rest - 1) n++;
  return n;
}

// src/screening/assessment.ts
function assess(p, chosen) {
  const { codes, registers, ignored, answered, applicable } = run(p, chosen);
  const shown = p.sorted.filter((at) => codes[at >> 5] & 1 << at).map((at) => p.codes[at]);
  const named = (of) => shown.filter((c) => !of || c.class === of).map((c) => c.code);
  const findings = (mode) => Object.fromEntries(p.dimensions.map((d, i) => [d, FINDINGS[registers[p.findings[mode][i]]]]));
  return {
    outcome: p.outcomes[registers[1 /* Outcome */]],
    strict: p.outcomes[registers[3 /* Strict */]],
    line: p.lines[registers[2 /* Line */]],
    strictLine: p.lines[registers[4 /* StrictLine */]],
    child: registers[0 /* Child */] !== 0,
    urgent: named("urgent"),
    indicators: named("indicator"),
    codes: named(),
    dimensions: findings(0),
    strictDimensions: findings(1),
    role: ROLES[registers[5 /* Role */]],
    coverage: { answered, applicable },
    ignored: ignored.map((at) => p.items[at].id).sort()
  };
}

// src/screening/bound.ts
var MAX_SETTLING = 3;
function candidates(p) {
  const { tested, firstRows } = readings(p);
  const decisive = decisiveCodes(p);
  return p.items.flatMap((it, item) => {
    if (!it.counts) return [];
    const shows = it.options.map(
      (_, option) => (firstRows.get(item) ?? []).map((first) => p.evidence[first + option].map((word, w) => word & decisive[w]))
    );
    const answers = (it.many ? everyEvidence : maximal)(shows, tested.get(item) ?? 0);
    return [{ item, answers, all: answers.reduce((all, answer) => all | answer, 0) }];
  });
}
function readings({ code, decide }) {
  const tested = /* @__PURE__ */ new Map();
  const firstRows = /* @__PURE__ */ new Map();
  for (let at = 0; at < decide * 8 /* Instruction */; at += 8 /* Instruction */) {
    const op = code.getUint8(at);
    const a = code.getUint8(at + 1);
    if (op >= 2 /* Any */ && op <= 5 /* NotOnly */) {
      tested.set(a, (tested.get(a) ?? 0) | code.getInt32(at + 4, true));
    } else if (op === 14 /* Evidence */ || op === 15 /* Weigh */) {
      firstRows.set(a, [...firstRows.get(a) ?? [], code.getUint16(at + 2, true)]);
    }
  }
  return { tested, firstRows };
}
function decisiveCodes(p) {
  const words = new Int32Array(4 /* Words */);
  p.codes.forEach((c, at) => {
    if (!["context", "lead", "role"].includes(c.class)) words[at >> 5] |= 1 << at;
  });
  return words;
}
var contains = (a, b) => b.every((row, i) => row.every((word, w) => !(word & ~a[i][w])));
var size = (rows) => rows.reduce((n, row) => row.reduce((sum, word) => sum + ones(word), n), 0);
function everyEvidence(shows, tested) {
  const all = shows.reduce((bits, rows, option) => size(rows) > 0 ? bits | 1 << option : bits, 0);
  const rest = all & ~tested;
  return rest !== all && rest !== 0 ? [all, rest] : [all];
}
function maximal(shows, tested) {
  const surpassed = (option) => shows.some(
    (rows, other) => other !== option && contains(rows, shows[option]) && (other < option || !contains(shows[option], rows))
  );
  return shows.map((rows, option) => ({ option, size: size(rows) })).filter(({ option, size: size3 }) => tested & 1 << option || size3 > 0 && !surpassed(option)).sort((a, b) => b.size - a.size).map(({ option }) => 1 << option);
}
function bound(p, responses) {
  const now = responses.chosen;
  const open = p.candidates.filter((c) => now[c.item] === 0 && c.answers.length > 0);
  const current = outcome(p, now);
  const best = highest(p, now, open, current);
  const upper = p.outcomes[best.outcome];
  if (best.outcome === current) return { open: false, upper, settling: [] };
  const items = settling(p, responses, open, current, best.chosen);
  return { open: true, upper, settling: items.map((at) => p.items[at].id) };
}
var outcome = (p, chosen) => run(p, chosen).registers[1 /* Outcome */];
var changed = (chosen, item, answer) => {
  const copy = chosen.slice();
  copy[item] = answer;
  return copy;
};
function highest(p, now, open, current) {
  let best = { outcome: current, chosen: now };
  const branch = (before, from) => {
    const relaxed = before.slice();
    for (const c of open.slice(from)) relaxed[c.item] = c.all;
    const reach = outcome(p, relaxed);
    if (reach <= best.outcome) return;
    const chosen = before.slice();
    let next = open[from];
    for (; next?.answers.length === 1; next = open[++from]) chosen[next.item] = next.all;
    if (!next) {
      best = { outcome: reach, chosen };
      return;
    }
    for (const answer of next.answers) {
      branch(changed(chosen, next.item, answer), from + 1);
      if (best.outcome === reach) return;
    }
  };
  branch(now, 0);
  return best;
}
function settling(p, { chosen: now, declined }, open, current, highest2) {
  let moves = open.flatMap(({ item, answers }) => {
    const outcomes = answers.map((answer) => outcome(p, changed(now, item, answer))).filter((o) => o !== current);
    return outcomes.length > 0 ? [{ item, furthest: Math.max(...outcomes) }] : [];
  });
  if (moves.length === 0) moves = needed(p, open, current, highest2).map((item) => ({ item, furthest: 0 }));
  moves.sort((a, b) => b.furthest - a.furthest);
  const asked = moves.filter((m) => !declined.has(m.item));
  return (asked.length > 0 ? asked : moves).slice(0, MAX_SETTLING).map((m) => m.item);
}
function needed(p, open, current, highest2) {
  const items = [];
  let chosen = highest2;
  for (const { item } of [...open].reverse()) {
    const without = changed(chosen, item, 0);
    if (outcome(p, without) !== current) chosen = without;
    else items.push(item);
  }
  return items.reverse();
}

// src/screening/shape.ts
var text = (value) => typeof value === "string";
var reference = (value) => typeof value === "string" && /^[a-z][a-z0-9]*(-[a-z0-9]+)*@(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}$/.test(value);
var count = (value) => typeof value === "number" && value >>> 0 === value;
var flag = (value) => value === true;
var list = (of, length) => (value) => Array.isArray(value) && (length === void 0 || value.length === length) && value.every(of);
var record = (fields) => (value) => {
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

// src/screening/program.ts
var wire = record({
  engine: text,
  instrument: reference,
  rules: reference,
  codebook: reference,
  items: list(
    record({
      id: text,
      "many?": flag,
      options: list(text),
      "accepts?": list(record({ option: count, list: text })),
      "counts?": flag
    })
  ),
  codes: list(record({ code: text, class: text })),
  dimensions: list(text),
  outcomes: list(text),
  lines: list(text),
  modes: list(text),
  "lists?": list(record({ id: text, codes: list(text) })),
  evidence: list(list(count, 4 /* Words */)),
  findings: list(list(count), 2),
  decide: count,
  code: text
});
var plain = /^[ -%'-;=?-[\]-~]+$/;
function readProgram(encoded) {
  const parsed = plain.test(encoded) ? JSON.parse(encoded) : void 0;
  must(wire(parsed) && JSON.stringify(parsed) === encoded, "not in the one form that a program is written in");
  const { code: base64, ...tables } = parsed;
  must(tables.engine === ENGINE, `made for engine "${tables.engine}", this is engine "${ENGINE}"`);
  must([tables.lists, ...tables.items.map((it) => it.accepts)].every((l) => l?.length !== 0), "a list is empty");
  const bytes = atob(base64);
  must(btoa(bytes) === base64 && bytes.length % 8 /* Instruction */ === 0, "the code is not whole instructions in base64");
  const code = new DataView(Uint8Array.from(bytes, (c) => c.charCodeAt(0)).buffer);
  checkTables(tables, code);
  for (let at = 0; at < code.byteLength / 8 /* Instruction */; at++) {
    must(instructionFits(tables, code, at), `instruction ${at} names something that is not there`);
  }
  const codeAt = new Map(tables.codes.flatMap(({ code: code2 }, at) => code2 === "" ? [] : [[code2, at]]));
  const program2 = {
    ...tables,
    code,
    itemAt: new Map(tables.items.map((it, at) => [it.id, at])),
    sorted: [...codeAt].sort(([a], [b]) => a < b ? -1 : 1).map(([, at]) => at)
  };
  return { ...program2, candidates: candidates(program2) };
}
async function openProgram(document2) {
  const { digest, program: program2 } = JSON.parse(document2);
  const encoded = JSON.stringify(program2) ?? "";
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(encoded));
  const hex = Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
  must(hex === digest, "the digest is not that of the program");
  return readProgram(encoded);
}
function must(holds, otherwise) {
  if (!holds) throw new Error(`program: ${otherwise}`);
}
function checkTables(p, code) {
  const length = code.byteLength / 8 /* Instruction */;
  must(p.items.length >= 1 && p.items.length <= 127 /* Items */, "too few or too many items");
  must(p.codes.length <= 128 /* Codes */, "too many codes");
  must(p.outcomes.length > 0 && p.lines.length > 0, "a table is empty");
  must(p.dimensions.length === 6 /* Dimensions */ && p.modes.length === 2, "other dimensions or modes than there always are");
  must(length >= 1 && length <= 1 << 16, "the code has no end");
  must(code.getUint8(code.byteLength - 8 /* Instruction */) === 0 /* End */, "the code has no end");
  must(p.decide < length, "the rules begin outside the code");
  for (const it of p.items) {
    must(it.options.length >= 1 && it.options.length <= 32 /* Options */, "an item has too few or too many options");
    for (const { option, list: list2 } of it.accepts ?? []) {
      must(option < it.options.length && !!p.lists?.some((l) => l.id === list2), "an item accepts a list that is not there");
    }
  }
  for (const row of p.evidence) {
    for (let at = p.codes.length; at < 128 /* Codes */; at++) {
      must(((row[at >> 5] ?? 0) & 1 << at) === 0, "an evidence row names a code that is not there");
    }
  }
  for (const registers of p.findings) {
    const inside = registers.every((r) => r >= 6 /* Findings */ && r < 18 /* Free */);
    must(registers.length === 6 /* Dimensions */ && inside, "a finding stands in another register");
  }
}
function instructionFits(p, code, at) {
  const place = at * 8 /* Instruction */;
  const op = code.getUint8(place);
  const a = code.getUint8(place + 1);
  const t = code.getUint16(place + 2, true);
  const m = code.getUint32(place + 4, true);
  const item = p.items[a];
  if (op >= 1 /* Jump */ && op <= 11 /* NotBelow */ && (t <= at || t >= code.byteLength / 8 /* Instruction */)) return false;
  switch (op) {
    case 0 /* End */:
    case 1 /* Jump */:
    case 10 /* Below */:
    case 11 /* NotBelow */:
      return true;
    case 2 /* Any */:
    case 3 /* NotAny */:
    case 4 /* Only */:
    case 5 /* NotOnly */:
      return item !== void 0 || a === FACTS;
    case 6 /* Code */:
    case 7 /* NotCode */:
      return a < 4 /* Words */;
    case 8 /* Least */:
    case 9 /* Less */:
      return a < 64 /* Count */;
    case 12 /* Drop */:
    case 13 /* Cover */:
      return item !== void 0;
    case 14 /* Evidence */:
    case 15 /* Weigh */:
      return item !== void 0 && t + item.options.length <= p.evidence.length;
    case 16 /* Add */:
      return t < p.codes.length;
    case 17 /* Count */:
      return a >= 18 /* Free */ && a < 64 /* Count */ && t < 4 /* Words */;
    case 18 /* Set */:
      return a < 64 /* Count */ && m < settable(p, a);
    default:
      return false;
  }
}
function settable(p, register) {
  switch (register) {
    case 0 /* Child */:
      return 2;
    case 1 /* Outcome */:
    case 3 /* Strict */:
      return p.outcomes.length;
    case 2 /* Line */:
    case 4 /* StrictLine */:
      return p.lines.length;
    case 5 /* Role */:
      return ROLES.length;
    default:
      return register >= 6 /* Findings */ && register < 18 /* Free */ ? FINDINGS.length : 1 << 16;
  }
}

// src/conformance/bench.ts
var [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node bench.js PROGRAM-DOCUMENT");
var document = await readFile(file, "utf8");
var program = await openProgram(document);
function microseconds(calls, work) {
  const runs = Array.from({ length: 15 }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) work();
    return (performance.now() - start) * 1e3 / calls;
  });
  return runs.sort((a, b) => a - b)[7].toFixed(2);
}
var full = nothing();
program.items.forEach((it, at) => full[at] = 1 << it.options.length - 1);
var early = { chosen: nothing(), declined: /* @__PURE__ */ new Set() };
var { size: size2 } = await stat(new URL("screening.js", import.meta.url));
console.log(`${program.instrument}: program ${document.length} bytes, interpreter ${size2} bytes minified`);
console.log(`run of a full interview    ${microseconds(2e4, () => run(program, full))} \xB5s`);
console.log(`its assessment             ${microseconds(5e3, () => assess(program, full))} \xB5s`);
console.log(`bound of an empty interview ${microseconds(500, () => bound(program, early))} \xB5s`);
