"""Where eco's files lie, and the settings of their owner."""
