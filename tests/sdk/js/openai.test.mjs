import assert from "node:assert/strict";
import { test } from "node:test";

import OpenAI from "openai";

import {
  ADDRESS, BUSY, CALL, KEY, leaves, MODEL, OVERLOADED, PARROT, PROMPT, resultOf, said, SCHEMA, twenty, WAIT,
} from "./matrix.mjs";

const client = new OpenAI({ apiKey: KEY, baseURL: `${ADDRESS}/api/v1`, maxRetries: 0 });
const asked = { model: MODEL, messages: said(PROMPT), max_tokens: 20 };
const create = (fields, options) => client.chat.completions.create({ ...asked, ...fields }, options);

test("it completes with usage", async () => {
  const answer = await create();
  assert.ok(answer.choices[0].message.content);
  assert.ok(answer.usage.prompt_tokens > 5);
});

test("it streams", async () => {
  const stream = await create({ stream: true, stream_options: { include_usage: true } });
  let text = "", usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.ok(text);
  assert.ok(usage.completion_tokens > 0);
});

test("it calls tools, whole and streamed", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: SCHEMA } }];
  const fields = { model: PARROT, messages: said(CALL), tools };
  const whole = await create(fields);
  const streamed = await client.chat.completions.stream({ ...asked, ...fields }).finalChatCompletion();
  for (const answer of [whole, streamed]) {
    const [call] = answer.choices[0].message.tool_calls;
    assert.equal(call.function.name, "weather");
    assert.deepEqual(JSON.parse(call.function.arguments), { city: "Paris" });
    assert.equal(answer.choices[0].finish_reason, "tool_calls");
  }
});

test("it keeps to a schema", async () => {
  const response_format = { type: "json_schema", json_schema: { name: "place", schema: SCHEMA } };
  const answer = await create({ response_format, max_tokens: 60 });
  assert.deepEqual(Object.keys(JSON.parse(answer.choices[0].message.content)), ["city"]);
});

test("it raises its own errors", async () => {
  const wrong = client.withOptions({ apiKey: "pg-wrong" });
  await assert.rejects(create({ model: "nobody" }), OpenAI.NotFoundError);
  await assert.rejects(wrong.models.list(), OpenAI.AuthenticationError);
  await assert.rejects(create({ messages: [] }), OpenAI.BadRequestError);
  await assert.rejects(create({ model: PARROT, messages: said(BUSY) }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.headers.get("retry-after"), "60");
    return true;
  });
  await assert.rejects(create({ model: PARROT, messages: said(OVERLOADED) }), OpenAI.InternalServerError);
});

test("it leaves when it is told to", () => leaves(
  (signal) => create({ model: PARROT, messages: said(WAIT), stream: true }, { signal }),
));

test("twenty at once are all answered", async () => {
  const answers = await twenty(() => create({ max_tokens: 8 }));
  assert.ok(answers.every((answer) => answer.choices[0].message.content));
});

test("it need not wait", async () => {
  const task = await create({}, { headers: { "X-Async-Mode": "true" } });
  assert.equal(task.status, "queued");
  assert.ok((await resultOf(task)).choices[0].message.content);
});

test("it lists models and finds one with a slash in its name", async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.ok(listed.includes(MODEL));
  assert.equal((await client.models.retrieve(MODEL)).id, MODEL);
});
