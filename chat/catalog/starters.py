"""Prompts to begin with: short, and within the reach of a very small model too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Starter:
    title: str
    prompt: str


STARTERS = (
    Starter("Explain", "Explain to a ten-year-old why the sky is blue."),
    Starter("Write", "Write three short sentences about the sea at night."),
    Starter("List", "Give me five names for a small coffee shop, as a numbered list."),
    Starter("Code", "Write a Python function that adds two numbers, with an example."),
)
