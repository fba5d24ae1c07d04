"""A Telegram in a browser tab: for authors, for the demo and for the tests."""
