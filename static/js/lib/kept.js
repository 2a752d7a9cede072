// What a page that is loaded again in the same tab has to know. Where nothing may be kept, nothing is.

export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

// `null` forgets it.
export function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // It begins anew after a reload.
  }
}
