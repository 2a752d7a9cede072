"""Markdown, JSON and llms.txt say what the page says, behind the same door."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from django.test import Client, override_settings

from chat import catalog
from chat.catalog.features import money
from tests.cast import CastCase

PATHS = ("/models/openai/gpt-5.4.md", "/models/openai/gpt-5.4.json", "/llms.txt", "/llms-full.txt")


class TwinTests(CastCase):
    def test_page_and_twins_give_the_same_prices(self) -> None:
        for id in ("google/gemini-2.5-pro", "deepseek/deepseek-v4-pro", "meta/llama-4-scout"):
            page = unescape(self.client.get(f"/models/{id}/").content.decode())
            text = self.client.get(f"/models/{id}.md").content.decode()
            data = self.client.get(f"/models/{id}.json").json()

            table = page[page.index('class="prices') : page.index("</table>")]
            listed = text[text.index("## Prices") : text.index("## Served by")]
            amounts = [
                money(Decimal(row[name]))
                for row in data["prices"]
                for name in ("input", "output", "cache_read", "cache_write")
                if row[name] is not None
            ]
            dollars = re.compile(r"\$[0-9.]+")
            self.assertTrue(amounts)
            self.assertEqual(dollars.findall(table), amounts, id)
            self.assertEqual(dollars.findall(listed), amounts, id)

    def test_no_page_states_a_list_price_in_two_ways(self) -> None:
        """Whatever is called its price beside the table is the first row of the table."""
        for model in catalog.models():
            text = self.client.get(f"/models/{model.id}.md").content.decode()
            price = model.list_price
            if price is None or price.input is None or price.output is None:
                continue
            sentence = re.search(r"^\$\S+ for a million tokens of input, \$\S+", text, re.MULTILINE)
            wanted = f"{money(price.input)} for a million tokens of input, {money(price.output)}"
            assert sentence is not None, model.id
            self.assertEqual(sentence[0], wanted)

    def test_json_says_null_for_what_is_not_known(self) -> None:
        data = self.client.get("/models/anthropic/claude-opus-5-5.json").json()

        self.assertIsNone(data["released_on"])
        self.assertIsNone(data["open_weights"])
        self.assertEqual(data["prices"][0]["input"], "4")

    def test_markdown_has_the_programs_and_a_link_back(self) -> None:
        response = self.client.get("/models/anthropic/claude-opus-5-5.md")

        self.assertEqual(response.headers["Content-Type"], "text/markdown; charset=utf-8")
        self.assertIn('rel="canonical"', response.headers["Link"])
        for fence in ("```python", "```javascript", "```bash", "```php"):
            self.assertContains(response, fence, count=1)

    def test_llms_txt_leads_to_every_model(self) -> None:
        listed = self.client.get("/llms.txt").content.decode()
        links = re.findall(r"\]\(http://127\.0\.0\.1:8000(/models/\S+\.md)\)", listed)

        self.assertEqual(len(links), len(catalog.models()))
        for link in links[::20]:
            self.assertEqual(self.client.get(link).status_code, 200, link)

    def test_the_whole_text_has_every_model_once(self) -> None:
        text = self.client.get("/llms-full.txt").content.decode()

        for model in catalog.models():
            self.assertEqual(text.count(f"- Id: `{model.id}`\n"), 1, model.id)

    def test_it_hides_from_strangers(self) -> None:
        for path in PATHS:
            response = Client().get(path)
            self.assertEqual(response.status_code, 302, path)
            self.assertTrue(response.headers["Location"].startswith("/sign-in/"))

    @override_settings(PUBLIC_CATALOG=True)
    def test_an_open_catalogue_is_for_programs_too(self) -> None:
        for path in PATHS:
            self.assertEqual(Client().get(path).status_code, 200, path)

    def test_robots_keep_out_unless_the_catalogue_is_open(self) -> None:
        closed = Client().get("/robots.txt").content.decode()
        with self.settings(PUBLIC_CATALOG=True):
            opened = Client().get("/robots.txt").content.decode()

        self.assertEqual(closed, "User-agent: *\nDisallow: /\n")
        self.assertIn("Allow: /models/", opened)
        self.assertIn("Disallow: /", opened)
