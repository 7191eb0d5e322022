"""What is wrong with eco on this machine, and what mends it. Nothing is created or changed."""
