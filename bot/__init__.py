"""The door that is Telegram; it decides nothing."""
