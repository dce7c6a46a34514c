"""The sample keeps what its README promises."""
