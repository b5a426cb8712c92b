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
    return [{ item, answers, all: answers.reduce((all2, answer) => all2 | answer, 0) }];
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
  const all2 = shows.reduce((bits, rows, option) => size(rows) > 0 ? bits | 1 << option : bits, 0);
  const rest = all2 & ~tested;
  return rest !== all2 && rest !== 0 ? [all2, rest] : [all2];
}
function maximal(shows, tested) {
  const surpassed = (option) => shows.some(
    (rows, other) => other !== option && contains(rows, shows[option]) && (other < option || !contains(shows[option], rows))
  );
  return shows.map((rows, option) => ({ option, size: size(rows) })).filter(({ option, size: size2 }) => tested & 1 << option || size2 > 0 && !surpassed(option)).sort((a, b) => b.size - a.size).map(({ option }) => 1 << option);
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
  const program = {
    ...tables,
    code,
    itemAt: new Map(tables.items.map((it, at) => [it.id, at])),
    sorted: [...codeAt].sort(([a], [b]) => a < b ? -1 : 1).map(([, at]) => at)
  };
  return { ...program, candidates: candidates(program) };
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
  const place2 = at * 8 /* Instruction */;
  const op = code.getUint8(place2);
  const a = code.getUint8(place2 + 1);
  const t = code.getUint16(place2 + 2, true);
  const m = code.getUint32(place2 + 4, true);
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

// src/screening/responses.ts
var MISSING = ["declined", "unknown", "not_asked"];
var KNOWN_FACTS = ["consent_refused"];
var WORDS = /* @__PURE__ */ new Map([
  ["prefer_not", "declined"],
  ["dont_know", "unknown"]
]);
var ResponseError = class extends Error {
  constructor(instrument, faults) {
    super(`${instrument}: ${faults.map((f) => `${f.item}: ${f.detail}`).join("; ")}`);
    this.faults = faults;
  }
  faults;
};
function encode(p, answers, missing, facts = []) {
  const chosen = nothing();
  const declined = /* @__PURE__ */ new Set();
  const faults = [];
  const fault = (item, code, detail) => void faults.push({ item, code, detail });
  const unknown = () => fault("?", "unknown_item", "the instrument has no such item");
  for (const fact of facts) chosen[FACTS] |= 1 << KNOWN_FACTS.indexOf(fact);
  for (const [id, options] of Object.entries(answers)) {
    const at = p.itemAt.get(id);
    if (at === void 0) {
      unknown();
      continue;
    }
    const bits = choose(p, p.items[at], options);
    if (typeof bits !== "number") {
      faults.push(bits);
    } else if (Object.hasOwn(missing, id)) {
      fault(id, "answered_and_missing", "has an answer and a reason for having none; keep one");
    } else {
      chosen[at] = bits;
      if (bits === 0 && WORDS.get(options[0]) === "declined") declined.add(at);
    }
  }
  for (const [id, reason] of Object.entries(missing)) {
    const at = p.itemAt.get(id);
    if (at === void 0) unknown();
    else if (reason === "declined") declined.add(at);
    else if (!MISSING.some((m) => m === reason)) {
      fault(id, "unknown_missing", "a missing answer is one of declined, unknown, not_asked");
    }
  }
  const place2 = (f) => p.itemAt.get(f.item) ?? p.items.length;
  const [first, ...rest] = faults.sort((a, b) => place2(a) - place2(b) || (a.code < b.code ? -1 : +(a.code > b.code)));
  if (first) throw new ResponseError(p.instrument, [first, ...rest]);
  return { chosen, declined };
}
function choose(p, it, options) {
  const fault = (code, detail) => ({ item: it.id, code, detail });
  if (options.length === 0) {
    return fault("empty_answer", 'an answer has at least one option; leave the item out, or name it in "missing"');
  }
  let chosen = 0;
  for (const [i, code] of options.entries()) {
    if (options.indexOf(code) < i) return fault("repeated_option", "an option is given twice");
    if (WORDS.has(code)) {
      return options.length > 1 ? fault("mixed_answer", "prefer_not and dont_know stand alone") : 0;
    }
    const at = place(p, it, code);
    if (at < 0) {
      return fault("unknown_option", `option ${i + 1} of ${options.length} is not one of ${optionList(it)}`);
    }
    chosen |= 1 << at;
  }
  return !it.many && options.length > 1 ? fault("too_many_options", "takes one option") : chosen;
}
function place(p, it, code) {
  const at = it.options.indexOf(code);
  if (at >= 0) return at;
  const outside = it.accepts?.find(({ list: list2 }) => p.lists?.find((l) => l.id === list2)?.codes.includes(code));
  return outside?.option ?? -1;
}
function optionList(it) {
  const parts = [...it.options];
  for (const { option, list: list2 } of it.accepts ?? []) parts[option] = `a code of ${list2}`;
  return parts.join(", ");
}

// src/conformance/line.ts
var MAX_LINE = 1 << 20;
function scoreLine(p, line) {
  if (line.length > MAX_LINE) return failure(null, "malformed_line", `a line has at most ${MAX_LINE} bytes`);
  const value = strict(line);
  const interview = value === void 0 ? void 0 : read(value);
  if (!interview) {
    return failure(
      idOf(value),
      "malformed_line",
      'a line is one JSON object such as {"id":"x1","answers":{"B01":["30_47"]},"missing":{"T12":"declined"}}'
    );
  }
  try {
    return { text: JSON.stringify(score(p, interview)), failed: false };
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return failure(interview.id, error.faults[0].code, error.message);
  }
}
function failure(id, code, detail) {
  return { text: JSON.stringify({ id, error: { code, detail } }), failed: true };
}
function score(p, { id, answers, missing, refused }) {
  const responses = encode(p, answers, missing, refused ? ["consent_refused"] : []);
  const a = assess(p, responses.chosen);
  const { open, settling: settling2 } = bound(p, responses);
  return {
    id,
    outcome: a.outcome,
    outcome_strict: a.strict,
    urgent: a.urgent,
    indicators: a.indicators,
    dimensions: Object.fromEntries(Object.entries(a.dimensions).sort(([x], [y]) => x < y ? -1 : 1)),
    role: a.role,
    open,
    settling: settling2,
    coverage: a.coverage,
    ignored: a.ignored
  };
}
function strict(line) {
  try {
    const text3 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    const value = JSON.parse(text3);
    return namesOnce(text3) ? value : void 0;
  } catch {
    return void 0;
  }
}
function namesOnce(text3) {
  const open = [];
  for (const [token, colon] of text3.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{") open.push(/* @__PURE__ */ new Set());
    else if (token === "[") open.push(void 0);
    else if (token === "}" || token === "]") open.pop();
    else {
      const name = JSON.parse(colon ? token.slice(0, -colon.length) : token);
      if (!name.isWellFormed()) return false;
      if (!colon) continue;
      const names = open.at(-1);
      if (names?.has(name)) return false;
      names?.add(name);
    }
  }
  return true;
}
var isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);
var idOf = (value) => isObject(value) && typeof value["id"] === "string" ? value["id"] : null;
function read(value) {
  const line = value ?? {};
  if (!isObject(line)) return void 0;
  const { id, answers, missing, consent_refused: refused, ...others } = line;
  const chosen = map(answers, (options) => options === null ? [] : Array.isArray(options) ? all(options, text2) : void 0);
  const reasons = map(missing, text2);
  const name = text2(id ?? null);
  const flag2 = refused ?? false;
  if (Object.keys(others).length > 0 || !chosen || !reasons || name === void 0 || typeof flag2 !== "boolean") {
    return void 0;
  }
  return { id: name, answers: chosen, missing: reasons, refused: flag2 };
}
var text2 = (v) => v === null ? "" : typeof v === "string" ? v : void 0;
function all(values, one) {
  const read3 = values.map(one);
  return read3.some((v) => v === void 0) ? void 0 : read3;
}
function map(v, one) {
  const fields = v ?? {};
  if (!isObject(fields)) return void 0;
  const read3 = all(Object.values(fields), one);
  return read3 && Object.fromEntries(Object.keys(fields).map((name, i) => [name, read3[i]]));
}

// src/conformance/lines.ts
async function* lines(input) {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const found = [];
    let from = 0;
    for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", from)) {
      const returned = end > from && bytes[end - 1] === 13;
      found.push(bytes.subarray(from, returned ? end - 1 : end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    yield found;
  }
  if (rest.length > 0) yield [rest];
}

// src/conformance/read.ts
function read2(encoded) {
  try {
    return readProgram(encoded);
  } catch {
    return void 0;
  }
}
function besides(p) {
  const responses = { chosen: nothing(), declined: /* @__PURE__ */ new Set() };
  const { line, strictLine, child, codes, strictDimensions } = assess(p, responses.chosen);
  const { upper } = bound(p, responses);
  return { line, strict_line: strictLine, child, codes, strict_dimensions: strictDimensions, upper };
}
for await (const found of lines(process.stdin)) {
  for (const line of found) {
    const space = line.indexOf(" ".charCodeAt(0));
    const program = read2(atob(new TextDecoder().decode(line.subarray(0, space))));
    const written = program ? `${scoreLine(program, line.subarray(space + 1)).text}	${JSON.stringify(besides(program))}` : "refused";
    process.stdout.write(`${written}
`);
  }
}
