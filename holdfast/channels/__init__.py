"""Each channel turns its platform's events into the door's messages and back."""
