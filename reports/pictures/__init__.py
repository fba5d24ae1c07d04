"""Pictures for the chat: words and numbers in, SVG out, PNG in a process of its own."""
