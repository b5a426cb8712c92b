// test/x.test.ts
import test from "node:test";
test("x", () => {
});
