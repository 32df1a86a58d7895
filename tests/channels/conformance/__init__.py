"""The same requirements, checked on every channel against a real door."""
