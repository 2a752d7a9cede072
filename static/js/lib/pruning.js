// Deleting a message: the server says how much goes with it, and is told how much it may take.
import { say } from "./notices.js";
import { ask } from "./question.js";

export function askDeletion(article, thread) {
  ask(`/messages/${article.dataset.message}/deletion/`, () => {
    thread.dispatchEvent(new CustomEvent("thread:lost", { bubbles: true }));
    say("Deleted.");
  });
}
