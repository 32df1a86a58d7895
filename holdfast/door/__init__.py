"""The process that every message of every channel enters: clean, assess, answer, record, ask Rasa, deliver."""
