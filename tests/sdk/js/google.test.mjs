import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, GoogleGenAI } from "@google/genai";

import {
  ADDRESS, BUSY, CALL, KEY, leaves, MODEL, OVERLOADED, PARROT, PROMPT, resultOf, SCHEMA, twenty, WAIT,
} from "./matrix.mjs";

const httpOptions = { baseUrl: `${ADDRESS}/api` };
const client = new GoogleGenAI({ apiKey: KEY, httpOptions });
const asked = (fields, config) => ({
  model: MODEL, contents: PROMPT, ...fields, config: { maxOutputTokens: 20, ...config },
});
const ask = (fields, config) => client.models.generateContent(asked(fields, config));

test("it answers with usage", async () => {
  const answer = await ask();
  assert.ok(answer.text);
  assert.ok(answer.usageMetadata.promptTokenCount > 5);
});

test("it streams", async () => {
  let text = "";
  for await (const chunk of await client.models.generateContentStream(asked())) text += chunk.text ?? "";
  assert.ok(text);
});

test("it calls tools, whole and streamed", async () => {
  const tools = [{ functionDeclarations: [{ name: "weather", parametersJsonSchema: SCHEMA }] }];
  const fields = { model: PARROT, contents: CALL };
  const calls = (await ask(fields, { tools })).functionCalls;
  const streamed = [];
  for await (const chunk of await client.models.generateContentStream(asked(fields, { tools }))) {
    streamed.push(...(chunk.functionCalls ?? []));
  }
  for (const [call] of [calls, streamed]) {
    assert.deepEqual([call.name, call.args], ["weather", { city: "Paris" }]);
  }
});

test("it keeps to a schema", async () => {
  const config = { responseMimeType: "application/json", responseJsonSchema: SCHEMA, maxOutputTokens: 60 };
  assert.deepEqual(Object.keys(JSON.parse((await ask({}, config)).text)), ["city"]);
});

test("it raises its own errors with our status", async () => {
  const stranger = new GoogleGenAI({ apiKey: "pg-wrong", httpOptions });
  const cases = [
    [404, () => ask({ model: "nobody" })],
    [401, () => stranger.models.generateContent(asked())],
    [400, () => ask({ contents: "word ".repeat(9000) })],
    [429, () => ask({ model: PARROT, contents: BUSY })],
    [503, () => ask({ model: PARROT, contents: OVERLOADED })],
  ];
  for (const [status, call] of cases) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, status);
      return true;
    });
  }
});

test("it leaves when it is told to", () => leaves(
  (abortSignal) => client.models.generateContentStream(
    asked({ model: PARROT, contents: WAIT }, { abortSignal }),
  ),
));

test("twenty at once are all answered", async () => {
  const answers = await twenty(() => ask({}, { maxOutputTokens: 8 }));
  assert.ok(answers.every((answer) => answer.text));
});

// It has no room for a task in what it reads; what it asked is asked by hand.
test("its format need not wait", async () => {
  const response = await fetch(`${ADDRESS}/api/v1beta/models/${MODEL}:generateContent`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-goog-api-key": KEY, "X-Async-Mode": "true" },
    body: JSON.stringify({ contents: [{ parts: [{ text: PROMPT }] }], generationConfig: { maxOutputTokens: 8 } }),
  });
  assert.equal(response.status, 202);
  const result = await resultOf(await response.json());
  assert.ok(result.candidates[0].content.parts[0].text);
});

test("it counts tokens and lists models", async () => {
  const { totalTokens } = await client.models.countTokens({ model: MODEL, contents: PROMPT });
  assert.ok(totalTokens > 5);
  const listed = [];
  for await (const model of await client.models.list({ config: { pageSize: 1 } })) listed.push(model.name);
  assert.deepEqual(listed, [`models/${MODEL}`, `models/${PARROT}`]);
});
