"""One run over a stack: registrations, targets, deletes, recovery, refresh, and what is told of it."""
