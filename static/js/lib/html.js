// The one place where text becomes elements. All of it was rendered, escaped and cleaned by our own
// server; the policy lets the browser refuse every other way in.
const policy = globalThis.trustedTypes?.createPolicy("playground", { createHTML: (html) => html });

export function setHtml(element, html) {
  element.innerHTML = policy ? policy.createHTML(html) : html;
}

export function toFragment(html) {
  const template = document.createElement("template");
  setHtml(template, html);
  return template.content;
}
