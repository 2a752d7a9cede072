// Pieces of pages from our own server. Every failure is an Error whose message a person may read.

export const getPiece = (url) => ask(url);

export function post(url, fields = {}) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return ask(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
}

async function ask(url, options = {}) {
  const headers = { ...options.headers, "X-Fragment": "1" };
  let response;
  try {
    response = await fetch(url, { ...options, headers, credentials: "same-origin" });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  if (response.redirected && new URL(response.url).pathname === "/sign-in/") {
    location.assign(response.url);
    throw new Error("You are signed out.");
  }
  if (response.status === 404) throw new Error("This is not there any more.");
  if (!response.ok) throw new Error("The server could not do that.");
  return response.text();
}
