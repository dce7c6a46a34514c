"""The notifier: alarms from `warta.alerts` to the people on call, each at least once, with a ledger of what was sent."""
