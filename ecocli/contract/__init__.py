"""Every JSON object that leaves or enters eco, under the names that the contract fixes."""
