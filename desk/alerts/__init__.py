"""Alerting: who is on call, steps with times, messages without a word of the person."""
