/* The official SDKs for JavaScript against a running server: ADDRESS and KEY come from outside. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { generateText, streamText } from "ai";
import OpenAI from "openai";

const { ADDRESS, KEY, MODEL } = process.env;
const PROMPT = "Say hello to a friend in one short sentence.";
const MESSAGES = [{ role: "user", content: PROMPT }];

describe("openai", () => {
  const client = new OpenAI({ apiKey: KEY, baseURL: `${ADDRESS}/api/v1`, maxRetries: 0 });

  test("answers with usage", async () => {
    const answer = await client.chat.completions.create({
      model: MODEL, messages: MESSAGES, max_tokens: 20,
    });
    assert.ok(answer.choices[0].message.content);
    assert.ok(answer.usage.prompt_tokens > 5);
  });

  test("streams", async () => {
    const stream = await client.chat.completions.create({
      model: MODEL, messages: MESSAGES, max_tokens: 20, stream: true,
      stream_options: { include_usage: true },
    });
    let text = "", usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.ok(text);
    assert.ok(usage.completion_tokens > 0);
  });

  test("raises its own errors", async () => {
    await assert.rejects(
      client.chat.completions.create({ model: "nobody", messages: MESSAGES }), OpenAI.NotFoundError,
    );
    const stranger = client.withOptions({ apiKey: "pg-wrong" });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  });

  test("leaves when it is told to", async () => {
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { model: MODEL, messages: MESSAGES, stream: true }, { signal: controller.signal },
    );
    for await (const _ of stream) controller.abort();
    assert.ok(controller.signal.aborted);
  });
});

describe("anthropic", () => {
  const client = new Anthropic({ apiKey: KEY, baseURL: `${ADDRESS}/api`, maxRetries: 0 });
  const asked = { model: MODEL, messages: MESSAGES, max_tokens: 20 };

  test("answers, streams and counts", async () => {
    const message = await client.messages.create(asked);
    assert.equal(message.content[0].type, "text");
    const final = await client.messages.stream(asked).finalMessage();
    assert.ok(final.usage.output_tokens > 0);
    const { input_tokens } = await client.messages.countTokens({ model: MODEL, messages: MESSAGES });
    assert.ok(input_tokens > 5);
  });

  test("raises its own errors", async () => {
    await assert.rejects(client.messages.create({ ...asked, model: "nobody" }), Anthropic.NotFoundError);
  });
});

describe("google", () => {
  const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: `${ADDRESS}/api` } });
  const asked = { model: MODEL, contents: PROMPT, config: { maxOutputTokens: 20 } };

  test("answers, streams and counts", async () => {
    const answer = await client.models.generateContent(asked);
    assert.ok(answer.text);
    let text = "";
    for await (const chunk of await client.models.generateContentStream(asked)) text += chunk.text ?? "";
    assert.ok(text);
    const { totalTokens } = await client.models.countTokens({ model: MODEL, contents: PROMPT });
    assert.ok(totalTokens > 5);
  });

  test("raises an error with our status", async () => {
    await assert.rejects(
      client.models.generateContent({ ...asked, model: "nobody" }), (error) => error.status === 404,
    );
  });
});

describe("the AI SDK", () => {
  const providers = {
    openai: createOpenAICompatible({ name: "playground", apiKey: KEY, baseURL: `${ADDRESS}/api/v1` }),
    anthropic: createAnthropic({ apiKey: KEY, baseURL: `${ADDRESS}/api/v1` }),
    google: createGoogleGenerativeAI({ apiKey: KEY, baseURL: `${ADDRESS}/api/v1beta` }),
  };

  for (const [name, provider] of Object.entries(providers)) {
    test(`answers and streams by ${name}`, async () => {
      const asked = { model: provider(MODEL), prompt: PROMPT, maxOutputTokens: 20, maxRetries: 0 };
      const { text, usage } = await generateText(asked);
      assert.ok(text);
      assert.ok(usage.outputTokens > 0);
      let streamed = "";
      for await (const piece of streamText(asked).textStream) streamed += piece;
      assert.ok(streamed);
    });
  }
});
