// What a person typed into a parameter's field, as the value to send. Pure, but for `show`.
// The rules are those of chat/catalog/parameters.py, which has the last word.

const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+$/;

// `{value}` or `{error}`. `rules` is the row's data: label, kind, range, minimum, maximum, most.
export function parse(text, { label, kind, range, minimum, maximum, most }) {
  const typed = text.trim();
  switch (kind) {
    case "number":
    case "integer": {
      const value = Number(THOUSANDS.test(typed) ? typed.replaceAll(",", "") : typed);
      if (!typed || !Number.isFinite(value)) return { error: `${label} is a number.` };
      if (value < Number(minimum ?? -Infinity) || value > Number(maximum ?? Infinity)) {
        return { error: `${range} for this model.` };
      }
      if (kind === "integer" && !Number.isInteger(value)) return { error: `${label} is a whole number.` };
      return { value };
    }
    case "list": {
      const value = text.split("\n").filter((line) => line !== "");
      if (value.length < 1 || value.length > Number(most)) return { error: `1 to ${most}, one a line.` };
      return { value };
    }
    case "json":
      return parseObject(typed, label);
    default:
      return { value: text };
  }
}

function parseObject(text, label) {
  try {
    const value = JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return { value };
  } catch {
    // Said below.
  }
  return { error: `${label} is a JSON object: {…}.` };
}

// Put `text` into the row's field and slider.
export function show(row, text) {
  const field = row.querySelector("[data-value]");
  const slider = row.querySelector("[type=range]");
  if (field.localName === "select") field.value = text || field.options[0].value;
  else field.value = text;
  if (slider && text !== "") slider.value = text;
}
