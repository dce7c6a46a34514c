"""What `warta sources check` and `add` do: look at a source's discovery points, propose entries, write results back."""
