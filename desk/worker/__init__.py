"""The desk's worker: sends alerts, keeps the door told, watches over both."""
