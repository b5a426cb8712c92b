// Where the app begins.

import { render } from "preact";

import { start } from "../platform/index.ts";
import { App } from "./app.tsx";
import english from "./english.ts";

const root = document.getElementById("app")!;

try {
  const platform = await start();
  render(<App platform={platform} />, root);
} catch {
  root.textContent = String(english["error.storage"]);
}
