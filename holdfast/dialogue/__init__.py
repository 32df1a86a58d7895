"""What runs inside Rasa: input channel, NLU components, response renderer."""
