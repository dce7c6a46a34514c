"""Stream agents: one thin Faust agent a stage and, beside them, the pure stages."""
