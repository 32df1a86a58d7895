"""Custom actions, one a file; run by Rasa's action server. They write nothing themselves: events and requests only."""
