"""The desk: the staff application. Queue and cases, takeover, alerting, accounts, audit. Django around a pure core."""
