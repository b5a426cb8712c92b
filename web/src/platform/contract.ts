// The types of the contract, by the names that openapi.yaml gives them.
// contract.gen.ts is made from it by "make generate".

import type { components } from "./contract.gen.ts";

type Schemas = components["schemas"];

/** A schema of the contract, such as Schema<"OwnDevice">. */
export type Schema<Name extends keyof Schemas> = Schemas[Name];
