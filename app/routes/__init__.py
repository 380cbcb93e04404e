"""One router per door."""
