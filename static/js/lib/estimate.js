// What a request is likely to hold and to cost, before any provider has counted. The same guess as
// chat/catalog/tokens.py makes, in fewer words: it runs at every keystroke.

const PIECES = /([A-Za-z\u00c0-\u024f]+)|([0-9]+)|([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)|([\uac00-\ud7af]+)|([^\s\p{P}\p{S}\p{N}_]+)|([!-\/:-@[-`{-~]+)|([^\s]+)/gu;
const PER_TOKEN = [7, 3];
const PER_CHARACTER = [1, 0.8, 0.4, 0.8, 1.5];
const SAMPLED = 20_000;

export function countTokens(text) {
  // Of a very long text the beginning stands for the rest.
  const part = text.slice(0, SAMPLED);
  let tokens = 0;
  for (const [piece, ...groups] of part.matchAll(PIECES)) {
    const kind = groups.findIndex((group) => group !== undefined);
    tokens += kind < 2 ? Math.ceil(piece.length / PER_TOKEN[kind]) : [...piece].length * PER_CHARACTER[kind - 2];
  }
  return Math.ceil(tokens * (text.length / (part.length || 1)));
}

// Dollars, least and most; null where a rate is unknown. `rates` is sorted by `above`, first the
// rate that holds for short requests.
export function costRange({ rates = [] }, tokens, longest) {
  const rate = rates.filter(({ above }) => tokens > above || above === 0).at(-1);
  if (!rate || rate.input == null || rate.output == null) return null;
  const least = tokens * rate.input / 1e6;
  return { least, most: longest == null ? null : least + longest * rate.output / 1e6 };
}

export function dollars(amount) {
  if (amount === 0) return "$0";
  if (amount >= 0.01) return `$${amount.toFixed(2)}`;
  if (amount < 0.000001) return "under $0.000001";
  return `$${Number(amount.toPrecision(2)).toFixed(8).replace(/0+$/, "")}`;
}

export function share(tokens, window) {
  const percent = 100 * tokens / window;
  return percent >= 10 ? `${Math.round(percent)} %` : `${Number(percent.toPrecision(2))} %`;
}
