"""Cases: one for each episode of a conversation, from intake to resolution."""
