"""The crisis detector: from a message and the turns before it to a level. No network, no clock of its own."""
