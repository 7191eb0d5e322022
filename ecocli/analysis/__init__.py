"""Analysis of calls: summaries, budgets, comparisons, recomputed results, explanations and prices."""
