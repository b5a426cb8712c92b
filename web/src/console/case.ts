// A review with what explains its record.

import type { Schema } from "../platform/contract.ts";
import { ProblemError, type Api } from "../platform/types.ts";
import type { Review } from "./decide.ts";

export interface Case {
  readonly review: Review;
  /** Absent when nobody could score the interview, or when its rules are gone. */
  readonly explanation?: Schema<"Explanation">;
  /** What the tablet is called that it came from. */
  readonly tablet?: string;
}

/** Fetches a review with what explains it. */
export async function openCase(api: Api, id: string): Promise<Case> {
  const review = await api.get<Review>(`/v1/reviews/${id}`);
  const { status, device } = review.record;
  const [explanation, tablet] = await Promise.all([
    status === "scored" ? orNothing(api.get<Schema<"Explanation">>(`/v1/records/${id}/explanation`)) : undefined,
    device ? orNothing(nameOf(api, device)) : undefined,
  ]);
  return { review, ...(explanation ? { explanation } : {}), ...(tablet ? { tablet } : {}) };
}

async function nameOf(api: Api, device: string): Promise<string> {
  const { devices } = await api.get<Schema<"DeviceList">>("/v1/devices");
  return devices.find(({ id }) => id === device)?.label ?? device;
}

/** A review is shown also when the server has nothing to say about it, or not to this role. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProblemError && (error.problem.status === 403 || error.problem.status === 404)) return undefined;
    throw error;
  }
}
