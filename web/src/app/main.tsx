import { render } from "preact";

import { start } from "../platform/index.ts";

const place = document.getElementById("app");
if (!place) throw new Error("the page has no place for the app");

const platform = await start();
render(<h1 lang="en">Waymark {platform.version}</h1>, place);
