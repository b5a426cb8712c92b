import assert from "node:assert/strict";
import test from "node:test";

import { OfflineError, RefusedError } from "../src/platform/index.ts";
import { passes } from "../src/platform/selftest.ts";
import { readProgram } from "../src/screening/index.ts";
import { signIn, Tablet } from "./tablet.ts";
import { toy } from "./toy.ts";

test("a bundle is there without a network, after a reload, with the languages that were asked for", async () => {
  const tablet = await Tablet.new();
  await tablet.enrolled();
  tablet.server.offline = true;
  const { bundles } = await tablet.page();
  const { ready, have, languages, outdated } = bundles.state.value;
  assert.deepEqual([ready, have, outdated], [true, ["en", "th"], false]);
  assert.deepEqual(languages.map(({ language }) => language), ["en", "th", "my"]);
  assert.deepEqual(bundles.instruments().map(({ ref, selfTest }) => [ref, selfTest]), [["toy@1.0.0", "passed"]]);
  assert.deepEqual(bundles.interview("th")?.instruments["toy@1.0.0"], ["How are you?"]);
  assert.equal(bundles.interface("th")?.["outcome.REFER"], "How are you? (th)");
  assert.equal(bundles.interview("my"), undefined);
});

test("a sync takes only what changed, and drops what is no longer wanted", async () => {
  const tablet = await Tablet.new();
  const { bundles } = await tablet.enrolled();
  const { server } = tablet;
  const parts = (): string[] => server.asked.map(({ path }) => path).filter((path) => path.startsWith("/v1/bundle/")).sort();
  server.asked.length = 0;
  await bundles.sync(["th"]);
  assert.deepEqual(parts(), []);

  const progress: string[] = [];
  await bundles.sync(["my"], (done, of) => progress.push(`${done}/${of}`));
  assert.deepEqual(parts(), ["/v1/bundle/my/interface", "/v1/bundle/my/interview"]);
  assert.deepEqual(progress, ["0/2", "1/2", "2/2"]);
  assert.deepEqual(bundles.state.value.have, ["en", "my"]);
  assert.equal(bundles.interview("th"), undefined);
});

test("a sync that breaks off leaves everything as it was", async () => {
  const tablet = await Tablet.new();
  const { bundles } = await tablet.enrolled();
  tablet.server.publish("How have you been?");
  tablet.server.lose = ({ path }) => path === "/v1/bundle/th/interface";
  await assert.rejects(bundles.sync(["th"]), OfflineError);
  assert.equal(bundles.state.value.problem, "offline");
  assert.deepEqual(bundles.interview("th")?.instruments["toy@1.0.0"], ["How are you?"]);
  const again = (await tablet.page()).bundles;
  assert.deepEqual(again.interview("en")?.instruments["toy@1.0.0"], ["How are you?"]);
  tablet.server.lose = () => false;
  await again.sync(["th"]);
  assert.deepEqual(again.interview("th")?.instruments["toy@1.0.0"], ["How have you been?"]);
  assert.equal(again.state.value.problem, undefined);
});

test("nothing changes under an interview that is open", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  await platform.drafts().save({ a: 1 });
  tablet.server.publish("How have you been?");
  await platform.contact();
  assert.equal(platform.bundles.state.value.outdated, true);
  assert.deepEqual(platform.bundles.interview("en")?.instruments["toy@1.0.0"], ["How are you?"]);
  await platform.drafts().finish({});
  await platform.contact();
  assert.equal(platform.bundles.state.value.outdated, false);
  assert.deepEqual(platform.bundles.interview("en")?.instruments["toy@1.0.0"], ["How have you been?"]);
});

test("an interview that is begun while a bundle is fetched keeps the questions it began with", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.ready();
  tablet.server.publish("How have you been?");
  let began: Promise<void> | undefined;
  tablet.server.first = ({ path }) => {
    if (path.endsWith("/en/interview")) began ??= platform.drafts().save({ a: 1 });
    return undefined;
  };
  await platform.bundles.sync(["th"]);
  await began;
  assert.equal(platform.bundles.state.value.outdated, true);
  assert.deepEqual(platform.bundles.interview("en")?.instruments["toy@1.0.0"], ["How are you?"]);
});

test("a program that is not the one its digest names, and another format, are refused", async () => {
  const tablet = await Tablet.new();
  const { bundles } = await tablet.enrolled();
  const { server } = tablet;
  const change = (edit: (core: Record<string, unknown>) => void): void => {
    const fetched = server.fetch;
    Object.assign(server, {
      fetch: async (...args: Parameters<typeof fetch>) => {
        const response = await fetched(...args);
        if (!String(args[0]).endsWith("/v1/bundle") || response.status !== 200) return response;
        const core = (await response.json()) as Record<string, unknown>;
        edit(core);
        return new Response(JSON.stringify(core), { headers: response.headers });
      },
    });
  };
  const original = server.fetch;
  for (const edit of [
    (core: Record<string, unknown>) => (core["format"] = 2),
    (core: Record<string, unknown>) => {
      const [instrument] = core["instruments"] as { program: { program: { outcomes: string[] } } }[];
      instrument!.program.program.outcomes.reverse();
    },
  ]) {
    server.publish("anew");
    change(edit);
    const page = await tablet.page();
    await assert.rejects(page.bundles.sync(["th"]), new RefusedError("wrong_bundle"));
    Object.assign(server, { fetch: original });
    assert.equal(page.bundles.state.value.ready, true, "the bundle that was there still is");
  }
  assert.equal(bundles.state.value.ready, true);
});

test("texts that changed under way are refused together with the rest, and taken whole the next time", async () => {
  const tablet = await Tablet.new();
  const { bundles } = await tablet.enrolled();
  const { server } = tablet;
  server.publish("How have you been?");
  server.first = ({ path }) => {
    if (path.endsWith("/en/interview")) server.publish("How is it going?");
    return undefined;
  };
  await assert.rejects(bundles.sync(["th"]), new RefusedError("wrong_bundle"));
  assert.deepEqual(bundles.interview("en")?.instruments["toy@1.0.0"], ["How are you?"]);
  server.first = () => undefined;
  await bundles.sync(["th"]);
  assert.deepEqual(bundles.interview("en")?.instruments["toy@1.0.0"], ["How is it going?"]);
});

test("an instrument whose vectors come out otherwise scores nobody", async () => {
  const tablet = await Tablet.new();
  tablet.server.program = toy(({ outcomes }) => outcomes.reverse());
  const { bundles } = await tablet.enrolled();
  assert.deepEqual(bundles.instruments().map(({ selfTest }) => selfTest), ["failed"]);
  assert.equal(bundles.state.value.ready, false);
});

const program = readProgram(toy());
const SELF_TESTS: readonly [name: string, file: unknown, want: boolean][] = [
  ["an outcome", { vectors: [{ answers: { A01: ["taken"] }, want: { outcome: "REFER" } }] }, true],
  ["another outcome", { vectors: [{ answers: { A01: ["taken"] }, want: { outcome: "NO_TRIGGER" } }] }, false],
  ["one of two", { vectors: [{ answers: {}, want: { outcome: "NO_TRIGGER" } }, { answers: {}, want: { outcome: "REFER" } }] }, false],
  ["a list", { vectors: [{ answers: { A01: ["hurt"] }, want: { urgent: ["U_MEDICAL"] } }] }, true],
  ["the strict outcome", { vectors: [{ answers: { A01: ["taken"] }, want: { outcome_strict: "REFER" } }] }, true],
  ["dimensions in another order", { vectors: [{ answers: {}, want: { dimensions: { D6: "NONE", D5: "NONE", D4: "NONE", D3: "NONE", D2: "NONE", D1: "NONE" } } }] }, true],
  ["an error", { vectors: [{ answers: { A01: ["other"] }, want: { error: "unknown_option" } }] }, true],
  ["no error where one is due", { vectors: [{ answers: { A01: ["taken"] }, want: { error: "unknown_option" } }] }, false],
  ["a result that there is not", { vectors: [{ answers: {}, want: { needs: [] } }] }, false],
  ["no expectation", { vectors: [{ answers: {}, want: {} }] }, false],
  ["no vectors", { vectors: [] }, false],
  ["nothing", undefined, false],
];
for (const [name, file, want] of SELF_TESTS) {
  test(`self-test: ${name}`, () => assert.equal(passes(program, file), want));
}

test("a browser that is no tablet takes the texts as whoever is signed in, without a trust key", async () => {
  const tablet = await Tablet.new();
  const platform = await tablet.page();
  await assert.rejects(platform.bundles.sync([]), new RefusedError("locked"));
  await signIn(platform, "malee");
  await platform.bundles.sync([]);
  assert.equal(platform.bundles.interface("en")?.["outcome.REFER"], "How are you? (en)");
});

test("the font of a script is taken together with its language, once, and erased with everything else", async () => {
  const tablet = await Tablet.new();
  await tablet.enrolled();
  const held = new Map<string, Set<string>>();
  const cache = (name: string) => ({
    match: async (address: string) => (held.get(name)?.has(address) ? new Response() : undefined),
    add: async (address: string) => {
      if (held.get(name)?.has(address)) throw new Error("taken twice");
      held.set(name, new Set([...(held.get(name) ?? []), address]));
    },
  });
  const caches = { open: async (name: string) => cache(name), delete: async (name: string) => held.delete(name) };
  const page = await tablet.page({ caches: caches as unknown as CacheStorage });
  await page.bundles.sync(["my"]);
  tablet.server.publish("How have you been?");
  await page.bundles.sync(["my"]);
  assert.deepEqual([...held], [["waymark-fonts", new Set(["/assets/myanmar.woff2"])]]);
  await page.wipe();
  assert.deepEqual([...held], []);
});
