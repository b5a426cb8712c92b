// The app's own English, which is there before anything was fetched.

import messages from "../../../locales/app/en.json";

import type { Messages } from "../platform/types.ts";

export default messages as Messages;
