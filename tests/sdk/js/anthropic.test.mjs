import assert from "node:assert/strict";
import { test } from "node:test";

import Anthropic from "@anthropic-ai/sdk";

import {
  ADDRESS, BUSY, CALL, KEY, leaves, MODEL, OVERLOADED, PARROT, PROMPT, resultOf, said, SCHEMA, twenty, WAIT,
} from "./matrix.mjs";

const client = new Anthropic({ apiKey: KEY, baseURL: `${ADDRESS}/api`, maxRetries: 0 });
const asked = { model: MODEL, messages: said(PROMPT), max_tokens: 20 };
const create = (fields, options) => client.messages.create({ ...asked, ...fields }, options);

test("it answers, with either kind of key", async () => {
  const bearer = new Anthropic({ authToken: KEY, baseURL: `${ADDRESS}/api`, maxRetries: 0 });
  for (const each of [client, bearer]) {
    const message = await each.messages.create(asked);
    assert.equal(message.content[0].type, "text");
    assert.ok(message.usage.output_tokens > 0);
  }
});

test("it streams", async () => {
  const final = await client.messages.stream(asked).finalMessage();
  assert.ok(final.content[0].text);
  assert.ok(final.usage.output_tokens > 0);
});

test("it calls tools, whole and streamed", async () => {
  const tools = [{ name: "weather", input_schema: SCHEMA }];
  const fields = { model: PARROT, messages: said(CALL), tools };
  const whole = await create(fields);
  const streamed = await client.messages.stream({ ...asked, ...fields }).finalMessage();
  for (const message of [whole, streamed]) {
    const [block] = message.content;
    assert.deepEqual([block.type, block.name, block.input], ["tool_use", "weather", { city: "Paris" }]);
    assert.equal(message.stop_reason, "tool_use");
  }
});

test("it keeps to a schema", async () => {
  const output_config = { format: { type: "json_schema", schema: SCHEMA } };
  const message = await create({ output_config, max_tokens: 60 });
  assert.deepEqual(Object.keys(JSON.parse(message.content[0].text)), ["city"]);
});

test("it raises its own errors", async () => {
  const wrong = client.withOptions({ apiKey: "pg-wrong" });
  await assert.rejects(create({ model: "nobody" }), Anthropic.NotFoundError);
  await assert.rejects(wrong.models.list(), Anthropic.AuthenticationError);
  await assert.rejects(create({ messages: [] }), Anthropic.BadRequestError);
  await assert.rejects(create({ model: PARROT, messages: said(BUSY) }), (error) => {
    assert.ok(error instanceof Anthropic.RateLimitError);
    assert.equal(error.headers.get("retry-after"), "60");
    return true;
  });
  await assert.rejects(create({ model: PARROT, messages: said(OVERLOADED) }), (error) => {
    assert.ok(error instanceof Anthropic.InternalServerError);
    assert.equal(error.status, 529);
    return true;
  });
});

test("it leaves when it is told to", () => leaves(
  (signal) => create({ model: PARROT, messages: said(WAIT), stream: true }, { signal }),
));

test("twenty at once are all answered", async () => {
  const messages = await twenty(() => create({ max_tokens: 8 }));
  assert.ok(messages.every((message) => message.content[0].text));
});

test("it need not wait", async () => {
  const task = await create({}, { headers: { "X-Async-Mode": "true" } });
  assert.equal(task.status, "queued");
  assert.ok((await resultOf(task)).content[0].text);
});

test("it counts tokens and lists models", async () => {
  const { input_tokens } = await client.messages.countTokens({ model: MODEL, messages: said(PROMPT) });
  assert.ok(input_tokens > 5);
  const listed = [];
  for await (const model of client.models.list({ limit: 1 })) listed.push(model.id);
  assert.deepEqual(listed, [MODEL, PARROT]);
});
