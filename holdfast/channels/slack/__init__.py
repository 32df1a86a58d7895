"""Slack: direct messages, mentions, the slash command and buttons, always answered in private."""
