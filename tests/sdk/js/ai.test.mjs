import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, jsonSchema, Output, streamText, tool } from "ai";

import { ADDRESS, BUSY, CALL, KEY, leaves, MODEL, OVERLOADED, PARROT, PROMPT, SCHEMA, twenty, WAIT } from "./matrix.mjs";

const openai = (apiKey) => createOpenAICompatible({
  name: "playground", apiKey, baseURL: `${ADDRESS}/api/v1`, supportsStructuredOutputs: true, includeUsage: true,
});
const anthropic = (apiKey) => createAnthropic({ apiKey, baseURL: `${ADDRESS}/api/v1` });
const google = (apiKey) => createGoogleGenerativeAI({ apiKey, baseURL: `${ADDRESS}/api/v1beta` });

for (const [name, create] of Object.entries({ openai, anthropic, google })) {
  describe(name, () => {
    const provider = create(KEY);
    const asked = { model: provider(MODEL), prompt: PROMPT, maxOutputTokens: 20, maxRetries: 0 };

    test("it answers and streams, with usage", async () => {
      const { text, usage } = await generateText(asked);
      assert.ok(text);
      assert.ok(usage.outputTokens > 0);
      let streamed = "";
      for await (const piece of streamText(asked).textStream) streamed += piece;
      assert.ok(streamed);
    });

    test("it calls tools, whole and streamed", async () => {
      const tools = { weather: tool({ inputSchema: jsonSchema(SCHEMA) }) };
      const fields = { ...asked, model: provider(PARROT), prompt: CALL, tools };
      const { toolCalls } = await generateText(fields);
      const streamed = await streamText(fields).toolCalls;
      for (const [call] of [toolCalls, streamed]) {
        assert.deepEqual([call.toolName, call.input], ["weather", { city: "Paris" }]);
      }
    });

    test("it keeps to a schema", async () => {
      const output = Output.object({ schema: jsonSchema(SCHEMA) });
      // A model that it does not know would be given a tool to answer by, which this one cannot call.
      const providerOptions = { anthropic: { structuredOutputMode: "outputFormat" } };
      const result = await generateText({ ...asked, output, providerOptions, maxOutputTokens: 60 });
      assert.deepEqual(Object.keys(result.output), ["city"]);
    });

    test("it raises its own error with our status", async () => {
      const parrot = provider(PARROT);
      const cases = [
        [404, { model: provider("nobody") }],
        [401, { model: create("pg-wrong")(MODEL) }],
        [400, { prompt: "word ".repeat(9000) }],
        [429, { model: parrot, prompt: BUSY }],
        [name === "anthropic" ? 529 : 503, { model: parrot, prompt: OVERLOADED }],
      ];
      for (const [status, fields] of cases) {
        await assert.rejects(generateText({ ...asked, ...fields }), (error) => {
          assert.ok(APICallError.isInstance(error), error);
          assert.equal(error.statusCode, status);
          return true;
        });
      }
    });

    test("it leaves when it is told to", () => leaves(
      (abortSignal) => streamText({ ...asked, model: provider(PARROT), prompt: WAIT, abortSignal }).textStream,
    ));

    test("twenty at once are all answered", async () => {
      const answers = await twenty(() => generateText({ ...asked, model: provider(PARROT) }));
      assert.ok(answers.every(({ text }) => text));
    });
  });
}
