"""Telegram, against the Bot API: updates come in at a webhook, everything that is said goes out as messages."""
