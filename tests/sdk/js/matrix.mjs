/* What every SDK is asked. ADDRESS and KEY come from outside; the parrot does what it is told, and the
   words are those of tests/sdk/obedient.py. */

export const { ADDRESS, KEY, MODEL } = process.env;
export const PARROT = "double/parrot";
export const PROMPT = "Say hello to a friend in one short sentence.";
export const [CALL, OBJECT] = ["Call the tool.", "Answer with an object."];
export const [BUSY, OVERLOADED, WAIT] = ["Be busy.", "Be overloaded.", "Begin and wait."];
export const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
export const said = (content) => [{ role: "user", content }];
export const twenty = (ask) => Promise.all(Array.from({ length: 20 }, ask));

// What became of a task, once it has ended well.
export async function resultOf(task) {
  const endsAt = Date.now() + 30_000;
  while (["queued", "running"].includes(task.status) && Date.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const headers = { Authorization: `Bearer ${KEY}` };
    task = await (await fetch(`${ADDRESS}/api/v1/tasks/${task.id}`, { headers })).json();
  }
  if (task.status !== "completed") throw new Error(JSON.stringify(task));
  return task.result;
}

// Fails unless leaving in the middle of a stream ends it at once.
export async function leaves(open) {
  const controller = new AbortController();
  const began = Date.now();
  let pieces = 0;
  try {
    for await (const _ of await open(controller.signal)) {
      pieces += 1;
      controller.abort();
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  }
  if (!pieces || Date.now() - began > 10_000) throw new Error(`${pieces} pieces`);
}
