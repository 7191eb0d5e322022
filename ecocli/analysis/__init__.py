"""What stored calls say: summaries, budgets, comparisons, recomputed results, explanations, prices."""
