"""From a reading to a stored call: names resolved, text counted, equations applied, rows stored."""
