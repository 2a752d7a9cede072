// A style sheet that the first visit does not need, fetched before what it is for is shown.

// Beside the first one of the page, whose address says where this version's lie.
export async function dress(name) {
  const first = document.querySelector("link[rel=stylesheet]");
  const href = first.getAttribute("href").replace(/[^/]+$/, name);
  if (document.querySelector(`link[href="${href}"]`)) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  const loaded = new Promise((resolve) => { link.onload = link.onerror = resolve; });
  document.head.append(link);
  await loaded;
}
