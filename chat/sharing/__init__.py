"""Publishing a conversation: what a visitor sees, and what is blacked out before."""
