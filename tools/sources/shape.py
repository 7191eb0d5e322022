"""Parameters and key-value cache of a transformer, counted from its dimensions."""

from typing import NamedTuple

from tools.sources.stated import Entry, Stated

BYTES = 2
"""Of an element of the key-value cache in 16 bits."""


class Shape(NamedTuple):
    """A decoder whose layers are alike but for their experts. Norms and biases are left out: less than 0.1 % of any model."""

    layers: int
    hidden: int
    vocabulary: int
    heads: int
    kv_heads: int
    head: int
    """Elements of a head."""
    feed_forward: int
    """Width of a dense feed-forward layer."""
    matrices: int = 3
    """Of a feed-forward layer: 3 with a gate, else 2."""
    tied: bool = False
    experts: int = 0
    chosen: int = 0
    """Experts that a token uses."""
    shared: int = 0
    """Widths of one expert that every token uses beside them."""
    expert: int = 0
    """Width of an expert."""
    dense_layers: int = 0
    """Layers without experts in a mixture."""
    query_rank: int = 0
    latent: int = 0
    """Rank of the compressed keys and values of latent attention; 0 where heads have their own."""
    rotary: int = 0
    value_head: int = 0

    @property
    def total_b(self) -> float:
        return (self._outside + self.layers * self._attention + self._feed_forward(self.experts)) / 1e9

    @property
    def active_b(self) -> float:
        return (self._outside + self.layers * self._attention + self._feed_forward(self.chosen)) / 1e9

    @property
    def kv_bytes_per_token(self) -> int:
        elements = self.latent + self.rotary if self.latent else 2 * self.kv_heads * self.head
        return self.layers * elements * BYTES

    def entry(self, tied: bool | None) -> Entry:
        """All that can be counted; `tied` is None where nobody says whether input and output share their embeddings."""
        low, high = (self._replace(tied=shared) for shared in ((True, False) if tied is None else (tied, tied)))
        most = high.active_b
        least = most - high._outside / 1e9 if self.experts else low.active_b  # of a mixture, many makers leave the embeddings out
        return {
            "total_params_b": Stated(low.total_b, high.total_b, counted=True),
            "active_params_b": Stated(least, most, counted=True),
            "kv_bytes_per_token": Stated.exactly(self.kv_bytes_per_token),
        }

    @property
    def _outside(self) -> int:
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def _attention(self) -> int:
        return self._latent_attention if self.latent else 2 * self.hidden * self.head * (self.heads + self.kv_heads)

    @property
    def _latent_attention(self) -> int:
        asked = self.heads * (self.head + self.rotary)
        queries = self.query_rank * (self.hidden + asked) if self.query_rank else self.hidden * asked
        unfolded = self.latent * self.heads * (self.head + self.value_head)
        return queries + self.hidden * (self.latent + self.rotary) + unfolded + self.heads * self.value_head * self.hidden

    def _feed_forward(self, experts: int) -> int:
        """Of all layers, with so many experts in each mixture, and the router that chooses among all of them."""
        dense = self.matrices * self.hidden * self.feed_forward
        if not self.experts:
            return self.layers * dense
        mixture = self.hidden * (self.matrices * self.expert * (experts + self.shared) + self.experts)
        return self.dense_layers * dense + (self.layers - self.dense_layers) * mixture
