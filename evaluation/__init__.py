"""The evaluation: sealed test messages, what is measured over them, the scorecard and its gate."""
